"""The steps of the layered layout, in the order in which `netbuilder.graph.arrange` takes them.

Columns, breaks of lines, then in each line the order within columns, the chains that run
straight, and heights (Sugiyama, Tagawa, Toda 1981; straight chains as in Brandes and Köpf
2001, balanced as the pendulums of Sander 1996).
"""
