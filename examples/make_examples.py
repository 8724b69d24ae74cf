"""Writes the example projects of this folder: ``python examples/make_examples.py``.

Each is also a demonstration of the Python API. Positions come from the automatic layout.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from netbuilder.architectures import ARCHITECTURES
from netbuilder.architectures.audio import audio_front_end, conformer_block
from netbuilder.building import Network
from netbuilder.graph import Optimiser, Project, Range, Search
from netbuilder.graph.file import save


def digits_cnn() -> Project:
    """Convolutions with batch norm and a residual edge on 8×8 digits."""
    net = Network("digits_cnn")
    data = net.digits()
    x = net.conv2d(data.image, out_channels=32, bias=False)
    skip = net.relu(net.batch_norm(x))
    x = net.batch_norm(net.conv2d(skip, out_channels=32, bias=False))
    x = net.relu(net.add(x, skip))
    x = net.max_pool2d(x)
    x = net.batch_norm(net.conv2d(x, out_channels=64, bias=False))
    x = net.flatten(net.relu(x))
    logits = net.linear(net.dropout(x, p=0.5), out_features=10)
    net.output(logits, name="digit")
    net.cross_entropy(logits, data.label)
    net.accuracy(logits, data.label)
    adam = Optimiser("main", "adam", {"lr": 2e-3})
    notes = "Handwritten digits by convolutions, with a residual edge around the second one."
    return net.project(epochs=25, batch_size=64, optimisers=(adam,), notes=notes)


def digits_augmented() -> Project:
    """Digits turned, moved and partly hidden while training; raw ink is normalised inside."""
    net = Network("digits_augmented")
    data = net.digits()
    x = net.random_affine(data.image, degrees=12.0, shift=0.1, scale=0.1)
    x = net.cutout(x, size=2, p=0.3)
    x = net.normalise(x, each="all")
    x = net.relu(net.conv2d(x, out_channels=16))
    x = net.max_pool2d(net.relu(net.conv2d(x, out_channels=32)))
    logits = net.linear(net.flatten(x), out_features=10)
    net.output(logits, name="digit")
    net.cross_entropy(logits, data.label)
    net.accuracy(logits, data.label)
    adam = Optimiser("main", "adam", {"lr": 2e-3})
    notes = (
        "Every epoch sees other digits: turned, moved, partly hidden. The Data panel shows them; "
        "the exported model leaves that out and takes raw ink."
    )
    return net.project(epochs=25, batch_size=64, optimisers=(adam,), notes=notes)


def digits_search() -> Project:
    """What is searched is part of the project: width, dropout, rate and optimiser."""
    net = Network("digits_search")
    data = net.digits()
    x = net.relu(net.linear(net.flatten(data.image), out_features=32))
    logits = net.linear(net.dropout(x, p=0.2), out_features=10)
    net.output(logits, name="digit")
    net.cross_entropy(logits, data.label)
    for metric in ("accuracy", "precision", "recall", "f1", "top_k_accuracy", "roc_auc"):
        net.place(metric, logits, data.label)
    adam = Optimiser("main", "adam", {"lr": 2e-3})
    notes = (
        "Which width, how much dropout, which rate and optimiser? Search for parameters, in the "
        "Train panel, or netbuilder tune digits_search compares trials by their macro F1."
    )
    space = {
        "linear_1.out_features": Range(8, 128, log=True),
        "dropout_1.p": Range(0, 0.6),
        "training.lr": Range(1e-4, 0.1, log=True),
        "training.algorithm": Range(choices=("adam", "sgd")),
    }
    made = net.project(epochs=15, batch_size=64, optimisers=(adam,), notes=notes)
    return replace(made, search=Search(space, trials=30, metric="f1", pruning="median"))


def classic_mistakes() -> Project:
    """Five mistakes that run without an error and teach less than they should."""
    net = Network("classic_mistakes")
    data = net.digits()
    x = net.batch_norm(net.conv2d(data.image, out_channels=8, bias=False))
    x = net.linear(net.flatten(x), out_features=16)
    logits = net.linear(x, out_features=10)
    net.output(logits, name="digit")
    net.cross_entropy(net.softmax(logits), data.label)
    net.multiclass_hinge(net.sigmoid(logits), data.label)
    net.accuracy(logits, data.label)
    notes = (
        "It trains, but five classic mistakes are in it: the Problems panel names each, and its "
        "remedies mend it by a click."
    )
    return net.project(epochs=1, batch_size=1, notes=notes)


def spirals_mlp() -> Project:
    """Two interleaved spirals; the decision boundary bends as the network learns."""
    net = Network("spirals_mlp")
    data = net.spirals()
    x = net.tanh(net.linear(data.point, out_features=32))
    x = net.tanh(net.linear(x, out_features=32))
    logits = net.linear(x, out_features=2)
    net.output(logits, name="spiral")
    net.cross_entropy(logits, data.label)
    net.accuracy(logits, data.label)
    adam = Optimiser("main", "adam", {"lr": 1e-2})
    notes = "Two spirals: no straight line parts them, two hidden layers do."
    return net.project(epochs=100, batch_size=32, optimisers=(adam,), notes=notes)


def diabetes_regression() -> Project:
    """A number from ten measurements; the linear layer has a closed form beside it."""
    net = Network("diabetes_regression")
    data = net.diabetes()
    prediction = net.linear(data.features, out_features=1)
    net.output(prediction, name="progression")
    net.mse(prediction, data.target)
    net.r2(prediction, data.target)
    net.mae(prediction, data.target)
    sgd = Optimiser("main", "sgd", {"lr": 5e-3, "momentum": 0.9})
    notes = "Linear regression by gradient descent: put hidden layers in and compare."
    return net.project(epochs=80, batch_size=32, optimisers=(sgd,), notes=notes)


def ridge_regression() -> Project:
    """All rows in one batch, so that training ends in the closed form (XᵀX + λI)⁻¹Xᵀy."""
    net = Network("ridge_regression")
    data = net.diabetes()
    prediction = net.linear(data.features, out_features=1, bias=False)
    net.output(prediction, name="progression")
    net.mse(prediction, data.target)
    net.r2(prediction, data.target)
    sgd = Optimiser("main", "sgd", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.1})
    notes = "Weight decay d on N rows in one batch is ridge regression with λ = d·N/2."
    return net.project(epochs=200, batch_size=442, optimisers=(sgd,), notes=notes)


def perceptron_xor() -> Project:
    """The classical rule on what it cannot learn: a single line parts no opposite corners."""
    net = Network("perceptron_xor")
    data = net.xor()
    score = net.linear(data.point, out_features=1)
    net.output(net.sign(score), name="side")
    net.perceptron_loss(score, data.label)
    net.binary_accuracy(score, data.label)
    rule = Optimiser("rule", "sgd", {"lr": 1.0})
    notes = "A perceptron with its classical rule never learns XOR; put a hidden layer in."
    return net.project(epochs=20, batch_size=1, optimisers=(rule,), notes=notes)


def linear_classifiers() -> Project:
    """Three linear models side by side on the same clouds; only their losses differ."""
    net = Network("linear_classifiers")
    data = net.blobs(clouds=3, spread=0.25, points=300)
    models = {
        "logistic": ("Logistic regression", "cross_entropy", {"lr": 0.05}),
        "svm": ("Support vector", "multiclass_hinge", {"lr": 0.02, "weight_decay": 1e-3}),
        "perceptron": ("Perceptron", "perceptron_loss", {"lr": 1.0}),
    }
    optimisers = []
    for name, (title, loss, settings) in models.items():
        scores = net.linear(data.point, out_features=3, id=name, title=title)
        net.place(loss, scores, data.label, id=f"{name}_loss")
        net.accuracy(scores, data.label, id=f"{name}_accuracy")
        net.output(scores, id=f"{name}_output", name=name)
        optimisers.append(Optimiser(name, "sgd", settings, (f"{name}_loss",), (name,)))
    notes = "Logistic regression, support vector machine and perceptron: one layer, three losses."
    return net.project(epochs=20, batch_size=1, optimisers=tuple(optimisers), notes=notes)


def deep_tanh_mlp() -> Project:
    """Eight layers whose weights begin too small: the signal dies on its way."""
    net = Network("deep_tanh_mlp")
    data = net.digits()
    x = net.flatten(data.image)
    for _ in range(8):
        x = net.linear(x, out_features=64, weight_init="normal", init_value=0.02)
        x = net.tanh(x)
    logits = net.linear(x, out_features=10)
    net.output(logits, name="digit")
    net.cross_entropy(logits, data.label)
    net.accuracy(logits, data.label)
    sgd = Optimiser("main", "sgd", {"lr": 0.1, "momentum": 0.9})
    notes = (
        "Its weights begin too small, so it learns nothing. Ask in the Train panel how the weights "
        "begin: each layer passes on less than the one before. Then choose xavier_uniform as First "
        "weights of all eight, and train again."
    )
    return net.project(epochs=8, batch_size=64, optimisers=(sgd,), notes=notes)


def digits_denoising() -> Project:
    """From image to image: noise goes in, the clean digit is what should come out."""
    net = Network("digits_denoising")
    data = net.digits()
    noise = net.scale(net.noise(size=(1, 8, 8)), factor=0.5, title="Strength")
    noisy = net.add(data.image, noise, title="Spoil")
    x = net.relu(net.conv2d(noisy, out_channels=32))
    skip = net.relu(net.conv2d(x, out_channels=32))
    x = net.relu(net.conv2d(net.max_pool2d(skip), out_channels=64))
    x = net.relu(net.conv2d(x, out_channels=64))
    x = net.upsample(x)
    x = net.relu(net.conv2d(net.concat(x, skip), out_channels=32))
    image = net.sigmoid(net.conv2d(x, out_channels=1))
    net.output(image, name="image")
    net.mse(image, data.image)
    adam = Optimiser("main", "adam", {"lr": 2e-3})
    notes = "An autoencoder that takes noise off digits: one image goes in, another comes out."
    return net.project(epochs=12, batch_size=64, optimisers=(adam,), notes=notes)


def shapes_segmentation() -> Project:
    """A class for every pixel: a small U-Net whose skips pass through a gate."""
    net = Network("shapes_segmentation")
    with net.block("twice", width=16) as b:
        x = b.input(name="x")
        for _ in range(2):
            x = b.relu(b.batch_norm(b.conv2d(x, out_channels="=width", bias=False)))
        b.output(x, name="y")
    with net.block("gate", width=16) as b:
        skip, deep = b.input(name="skip"), b.input(name="deep")
        asked = b.conv2d(b.concat(skip, deep), out_channels="=width", kernel_size=(1,))
        b.output(b.multiply(b.sigmoid(asked), skip), name="y")
    data = net.shapes()
    first = net.twice(data.image, width=16)
    second = net.twice(net.max_pool2d(first), width=32)
    x = net.twice(net.max_pool2d(second), width=64)
    for skip, width in ((second, 32), (first, 16)):
        x = net.conv_transpose2d(x, out_channels=width, kernel_size=(2,), pad=(0,))
        x = net.twice(net.concat(net.gate(skip, x, width=width), x), width=width)
    scores = net.conv2d(x, out_channels=4, kernel_size=(1,))
    net.output(scores, name="mask")
    net.cross_entropy(scores, data.mask)
    net.accuracy(scores, data.mask)
    adam = Optimiser("main", "adam", {"lr": 3e-3})
    notes = "Segmentation: which pixel is disc, square or triangle, by a U-Net with gated skips."
    return net.project(epochs=8, batch_size=32, optimisers=(adam,), notes=notes)


def digits_lstm() -> Project:
    """The rows of a digit, read one after the other."""
    net = Network("digits_lstm")
    data = net.digits()
    rows = net.reshape(data.image, sizes=(8, 8))
    last = net.lstm(rows, hidden_size=64).last
    logits = net.linear(last, out_features=10)
    net.output(logits, name="digit")
    net.cross_entropy(logits, data.label)
    net.accuracy(logits, data.label)
    adam = Optimiser("main", "adam", {"lr": 5e-3})
    notes = "A digit as a sequence of eight rows; the last state of the LSTM decides."
    return net.project(epochs=30, batch_size=64, optimisers=(adam,), notes=notes)


def digits_vae() -> Project:
    """A variational autoencoder: two losses, one optimiser."""
    net = Network("digits_vae")
    data = net.digits()
    flat = net.flatten(data.image)
    hidden = net.relu(net.linear(flat, out_features=128))
    mu = net.linear(hidden, out_features=8, id="mu", title="Mean")
    log_variance = net.linear(hidden, out_features=8, id="log_variance", title="Log variance")
    z = net.reparameterise(mu, log_variance)
    x = net.relu(net.linear(z, out_features=128))
    pixels = net.sigmoid(net.linear(x, out_features=64))
    image = net.reshape(pixels, sizes=(1, 8, 8))
    net.output(image, name="image")
    net.mse(image, data.image)
    net.gaussian_kl(mu, log_variance, weight=2e-3)
    adam = Optimiser("main", "adam", {"lr": 2e-3})
    notes = "Compress a digit to eight numbers and draw it again; new ones come from chance."
    return net.project(epochs=100, batch_size=64, optimisers=(adam,), notes=notes)


def digits_gan() -> Project:
    """Two networks against each other: two optimisers, one shared discriminator."""
    net = Network("digits_gan")
    with net.block("generator", width=256) as g:
        x = g.input(name="z")
        x = g.batch_norm(g.linear(x, out_features="=width", bias=False))
        x = g.relu(x)
        x = g.batch_norm(g.linear(x, out_features="=width", bias=False))
        x = g.sigmoid(g.linear(g.relu(x), out_features=64))
        g.output(g.reshape(x, sizes=(1, 8, 8)), name="image")
    with net.block("discriminator", width=256) as d:
        x = d.flatten(d.input(name="image"))
        x = d.leaky_relu(d.linear(x, out_features="=width"), negative_slope=0.2)
        x = d.dropout(x, p=0.3)
        x = d.leaky_relu(d.linear(x, out_features="=width"), negative_slope=0.2)
        d.output(d.linear(d.dropout(x, p=0.3), out_features=1), name="logit")
    data = net.digits()
    z = net.noise(size=(32,))
    fake = net.generator(z)
    real_logit = net.discriminator(data.image, id="judge_real", title="Judge the real")
    fake_logit = net.discriminator(
        net.detach(fake), id="judge_fake", share="judge_real", title="Judge the fake"
    )
    fooled = net.discriminator(fake, id="judge_fooled", share="judge_real", title="Judge again")
    net.output(fake, name="image")
    net.bce_with_logits(real_logit, constant=0.9, id="real_loss", title="Real is real")
    net.bce_with_logits(fake_logit, constant=0.0, id="fake_loss", title="Fake is fake")
    net.bce_with_logits(fooled, constant=1.0, id="generator_loss", title="Fake seems real")
    settings = {"lr": 5e-4, "beta1": 0.5}
    judge = Optimiser("judge", "adam", settings, ("real_loss", "fake_loss"), ("judge_real",))
    forger = Optimiser("forger", "adam", settings, ("generator_loss",), ("generator_1",))
    notes = "A generator forges digits from noise, a discriminator learns to tell them apart."
    return net.project(epochs=120, batch_size=64, optimisers=(judge, forger), notes=notes)


def digits_wgan() -> Project:
    """A Wasserstein GAN: a critic whose slope is kept near 1, in two steps for each forgery."""
    net = Network("digits_wgan")
    with net.block("generator", width=128) as g:
        x = g.relu(g.linear(g.input(name="z"), out_features="=width"))
        x = g.relu(g.linear(x, out_features="=width"))
        x = g.sigmoid(g.linear(x, out_features=64))
        g.output(g.reshape(x, sizes=(1, 8, 8)), name="image")
    with net.block("critic", width=128) as c:
        x = c.flatten(c.input(name="image"))
        x = c.leaky_relu(c.linear(x, out_features="=width"), negative_slope=0.2)
        x = c.leaky_relu(c.linear(x, out_features="=width"), negative_slope=0.2)
        c.output(c.linear(x, out_features=1), name="score")
    data = net.digits()
    fake = net.generator(net.noise(size=(32,)))
    cut = net.detach(fake)
    between = net.random_mix(data.image, cut, title="Between")
    real = net.critic(data.image, id="score_real", title="Score the real")
    forged = net.critic(cut, id="score_fake", share="score_real", title="Score the fake")
    middle = net.critic(between, id="score_between", share="score_real", title="Score between")
    again = net.critic(fake, id="score_again", share="score_real", title="Score again")
    net.output(fake, name="image")
    net.wasserstein(real, goal="up", id="real_up", title="Real up")
    net.wasserstein(forged, goal="down", id="fake_down", title="Fake down")
    net.gradient_penalty(middle, between, id="penalty", title="Slope near 1")
    net.wasserstein(again, goal="up", id="fake_up", title="Fake up")
    settings = {"lr": 1e-3, "beta1": 0.0, "beta2": 0.9}
    losses = ("real_up", "fake_down", "penalty")
    critic = Optimiser("critic", "adam", settings, losses, ("score_real",), steps=2)
    forger = Optimiser("forger", "adam", settings, ("fake_up",), ("generator_1",))
    notes = "A generator forges digits; the critic says how far they lie from real ones."
    return net.project(epochs=60, batch_size=64, optimisers=(critic, forger), notes=notes)


def char_transformer() -> Project:
    """A small language model: characters, positions, two causal attention blocks."""
    net = Network("char_transformer")
    with net.block("transformer_block", width=128, heads=4) as b:
        x = b.input(name="x")
        attended = b.multihead_attention(b.layer_norm(x), num_heads="=heads", causal=True)
        x = b.add(x, attended)
        hidden = b.gelu(b.linear(b.layer_norm(x), out_features="=width * 4"))
        b.output(b.add(x, b.linear(hidden, out_features="=width")), name="y")
    data = net.text(context=64)
    x = net.positional_encoding(net.embedding(data.tokens, embedding_dim=128))
    x = net.transformer_block(x, repeat=2)
    logits = net.linear(net.layer_norm(x), out_features=_characters(net))
    net.output(logits, name="next")
    net.cross_entropy(logits, data.next)
    net.perplexity(logits, data.next)
    adam = Optimiser("main", "adamw", {"lr": 2e-3, "beta2": 0.99})
    notes = "Guess the next character from all before it; attention shows where it looks."
    return net.project(
        epochs=3, batch_size=12, validation=0.1, test=0.1, optimisers=(adam,), notes=notes
    )


def reverse_seq2seq() -> Project:
    """An encoder reads letters both ways, a decoder with attention says them backwards."""
    net = Network("reverse_seq2seq")
    data = net.symbol_sequences(task="reverse", symbols=8, shortest=2, longest=6)
    vectors = net.embedding(data.tokens, embedding_dim=16, padding_idx=0)
    read = net.gru(vectors, lengths=data.lengths, hidden_size=24, bidirectional=True, id="encoder")
    mask = net.length_mask(data.tokens, data.lengths)
    start = net.tanh(net.linear(read.last, out_features=48))
    said = net.attention_decoder(
        read, data.before, state=start, mask=mask, hidden_size=48, embedding_dim=16,
        teacher_forcing=0.5, id="decoder",
    )  # fmt: skip
    net.output(said, name="letters")
    net.cross_entropy(said, data.target, ignore_index=0)
    net.accuracy(said, data.target, ignore_index=0)
    adam = Optimiser("main", "adam", {"lr": 5e-3})
    notes = "Say letters backwards: in training half of the steps are told the letter before."
    return net.project(
        epochs=6, batch_size=64, validation=0.1, test=0.1, optimisers=(adam,), notes=notes
    )


def word2vec() -> Project:
    """Skip-gram with negative sampling: two tables, of words and of what stands around them."""
    net = Network("word2vec")
    data = net.skip_gram(window=2, min_count=20, subsample=0.0, samples=400_000)
    words = net.embedding(data.center, embedding_dim=24, id="words")
    around = {"embedding_dim": 24, "weight_init": "zeros"}
    context = net.embedding(data.context, id="around", **around)
    negatives = net.embedding(data.negatives, id="negatives", share="around", **around)
    net.output(words, name="vector")
    net.negative_sampling(words, context, negatives)
    adam = Optimiser("main", "adam", {"lr": 5e-3})
    notes = "Words that stand among the same words get similar vectors: ask for neighbours."
    return net.project(
        epochs=4, batch_size=512, validation=0.02, test=0.02, optimisers=(adam,), notes=notes
    )


def tones_listener() -> Project:
    """Sounds become pictures, convolutions make tokens of them, a Conformer's block listens."""
    net = Network("tones_listener")
    audio_front_end(net, 16)
    conformer_block(net, 16, 2, kernel=7)
    data = net.tones(noise=1.5)
    heard = net.spectrogram(data.sound, window=256, hop=64, mels=32)
    x = net.audio_front_end(net.batch_norm(heard))
    x = net.conformer_block(x)
    scores = net.linear(net.attention_pooling(x), out_features=6)
    net.output(scores, name="pitch")
    net.cross_entropy(scores, data.label)
    net.accuracy(scores, data.label)
    adam = Optimiser("main", "adam", {"lr": 3e-3})
    notes = "Say which tone sounds in loud noise: a spectrogram makes pitch a place."
    return net.project(epochs=6, batch_size=32, optimisers=(adam,), notes=notes)


def _characters(net: Network) -> int:
    from netbuilder.layers import declare

    layer = declare(net.graph["text_1"])
    classes = layer.infer()["tokens"].classes  # type: ignore[index]
    return int(classes or 0)


EXAMPLES = (
    digits_cnn,
    digits_augmented,
    digits_search,
    spirals_mlp,
    diabetes_regression,
    ridge_regression,
    perceptron_xor,
    linear_classifiers,
    deep_tanh_mlp,
    classic_mistakes,
    digits_denoising,
    shapes_segmentation,
    digits_lstm,
    digits_vae,
    digits_gan,
    digits_wgan,
    char_transformer,
    reverse_seq2seq,
    word2vec,
    tones_listener,
)


def main() -> None:
    """Write the examples, and the published networks into a folder of their own."""
    folder = Path(__file__).resolve().parent
    (folder / "published").mkdir(exist_ok=True)
    made = {folder / f"{make.__name__}.netbuilder": make for make in EXAMPLES}
    for name, network in ARCHITECTURES.items():
        made[folder / "published" / f"{name}.netbuilder"] = network
    for path, make in made.items():
        save(make(), path)
        path.with_name(f"{path.name}.bak").unlink(missing_ok=True)  # git keeps what was before


if __name__ == "__main__":
    main()
