"""Recording: any quantity of any units or connections, during training or in a test presentation, labelled by name.

A `Recorder` says what to record and when. `in_training` applies it to a training run through probes, which the engine fills. `in_testing`
presents examples without training. Both make a `Recording`, in memory or in a folder.
"""
