"""A decoder that says a sequence token by token, looking back at what was read."""

import torch
from torch import nn


class AttentionDecoder(nn.Module):
    """A GRU cell with attention over a memory: Bahdanau et al. 2014, Luong et al. 2015.

    At every step the state asks the memory (B, S, K); what is told stands beside the vector of
    the token before and moves the state on; state and what was told give a score for each
    token. In training the token before is the true one with probability `teacher_forcing`,
    drawn anew for every sample and step (Bengio et al. 2015), else the likeliest of the step
    before. In evaluation it is always its own, from `begin` on, so true tokens are not needed.

    attention: a module of (query, key, value, mask), or None for a decoder that knows only the
    state it starts from.
    """

    def __init__(
        self,
        vocabulary: int,
        width: int,
        hidden: int,
        memory_width: int,
        attention: nn.Module | None = None,
        teacher_forcing: float = 1.0,
        begin: int = 1,
    ) -> None:
        super().__init__()
        told = memory_width if attention is not None else 0
        self.hidden, self.teacher_forcing, self.begin = hidden, teacher_forcing, begin
        self.embedding = nn.Embedding(vocabulary, width)
        self.attention = attention
        self.cell = nn.GRUCell(width + told, hidden)
        self.score = nn.Linear(hidden + told, vocabulary)

    def forward(
        self,
        memory: torch.Tensor,
        before: torch.Tensor,
        state: torch.Tensor | None = None,
        mask: torch.Tensor | None = None,
        steps: int = 0,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Scores (B, T, vocabulary), weights (B, 1, T, S), tokens (B, T) and state (B, hidden).

        before (B, T): the true token before each step; in evaluation only T counts. steps: how
        many to say instead, without true tokens.
        """
        free = steps > 0 or not self.training
        if state is None:
            state = memory.new_zeros(memory.size(0), self.hidden)
        token = torch.full_like(before[:, 0], self.begin)
        scores, weights, tokens = [], [], []
        for t in range(steps or before.size(1)):
            if not free and t == 0:
                token = before[:, 0]
            elif not free and self.teacher_forcing >= 1:
                token = before[:, t]
            elif not free:
                forced = torch.rand(token.shape, device=token.device) < self.teacher_forcing
                token = torch.where(forced, before[:, t], token)
            parts = [self.embedding(token)]
            if self.attention is not None:
                told, looks = self.attention(state[:, None], memory, memory, mask)
                parts.append(told[:, 0])
                weights.append(looks)
            state = self.cell(torch.cat(parts, 1), state)
            scores.append(self.score(torch.cat([state, *parts[1:]], 1)))
            token = scores[-1].argmax(1)
            tokens.append(token)
        none = memory.new_zeros(memory.size(0), 1, len(scores), memory.size(1))
        looked = torch.cat(weights, 2) if weights else none
        return torch.stack(scores, 1), looked, torch.stack(tokens, 1), state
