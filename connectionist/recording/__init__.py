"""Recording: any quantity of any units or connections, at chosen moments, in training or testing, labelled by name.

A `Recorder` says what is wanted; `collecting` follows a training with it, through probes that the engine fills; `presenting` tests; what
comes of it is a `Recording`, held in memory or in a folder (`stores`).
"""
