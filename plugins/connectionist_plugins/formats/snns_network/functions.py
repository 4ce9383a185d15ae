"""Functions and orders of SNNS, and what they are here."""

from __future__ import annotations

# Activation function here, and whether it adds the bias to the net input.
ACTIVATIONS = {
    "Act_Logistic": ("logistic", True),
    "Act_LogisticTbl": ("logistic", True),
    "Act_TanH": ("tanh", True),
    "Act_TanH_Xdiv2": ("bipolar", True),
    "Act_IdentityPlusBias": ("linear", True),
    "Act_Identity": ("linear", False),
    "Act_StepFunc": ("threshold", False),
}
WRITTEN = {"logistic": "Act_Logistic", "tanh": "Act_TanH", "bipolar": "Act_TanH_Xdiv2", "linear": "Act_IdentityPlusBias"}

# Output functions that change nothing, and the range of activations that they leave as they are.
OUTPUTS = {"Out_Identity": (), "Out_Clip_01": ("logistic", "threshold"), "Out_Clip_11": ("logistic", "tanh", "bipolar", "threshold")}

TOPOLOGICAL = "Topological_Order", "CC_Order"
SERIAL = ("Serial_Order",)
PARTIALLY_RECURRENT = "JE_Order", "JE_Special"
SYNCHRONOUS = "Synchronous_Order", "BPTT_Order"
