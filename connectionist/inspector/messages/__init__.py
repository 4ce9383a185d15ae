"""The messages between a page and its session: the protocol of the inspector.

The channel is a web socket at ``/socket``, or the messages of a notebook widget. Both carry the same messages.

**From the page**: JSON objects as text. ``kind`` names one of the classes of `ACTS`, `QUERIES` and `VIEWS`, and the other keys are its
fields. ``id`` is a whole number that the page chooses. A field with a default may be left out. Any other key is an error. ::

    {"kind": "train", "id": 7, "epochs": 100}
    {"kind": "weights", "id": 8, "unit": "hidden:0", "direction": "incoming"}
    {"kind": "watch", "id": 1, "quantity": "net_input"}
    {"kind": "follow", "id": 9, "query": {"kind": "similarity", "group": "hidden"}}

- An *act* changes the network or the session. The reply is `Done` or `Failure`.
- A *query* changes nothing. The reply is `Answer` or `Failure`. Names of units and connections are those of ``net.unit`` and
  ``net.connection``: "hidden:0", "input:0 → hidden:1".
- ``watch`` chooses what the frames of this page show. The reply is a `Frame`.
- ``follow`` asks a query now and after each change of the network, until ``unfollow`` with the same id. Each reply is an `Answer` with
  that id. While the network trains, the replies are at most as frequent as the frames, and less frequent if they take long.

**To the page**: one binary form for all messages. ::

    uint32, little endian      length of the header in bytes, n; 4 + n is a multiple of 4 (spaces fill it up)
    n bytes                    header: a JSON object in UTF-8
    float32, little endian     the arrays, one after another

The header has ``kind``, the fields of the class, and ``arrays``: a list of ``{"name": …, "shape": […]}`` in the order of the arrays.
Infinite numbers and NaN do not occur in a header; there they are ``null``. In arrays NaN means "none".

At the start the page gets a `SessionDescription`, the `Script`, the `Log` and a `Frame`. It gets them again when they change: the
description after a change of the groups, the wiring, the arrangement, the rule or the examples, the others after each act and between
blocks of training. A frame that was not sent yet is replaced by the next one. The order of units is that of the description, in all
messages. A *number of a unit* is the position in that order.
"""

from connectionist.inspector.messages.acts import (
    ACTS,
    ArrangeAct,
    ClampAct,
    EnterInputAct,
    FreezeAct,
    GoToEpochAct,
    LesionAct,
    PauseAct,
    RandomizeAct,
    RestoreAct,
    SaveRecordingAct,
    SetRuleAct,
    SetScheduleAct,
    SetWeightAct,
    ShowCaseAct,
    StepAct,
    TieAct,
    TrainAct,
    UndoAct,
    UnfreezeAct,
)
from connectionist.inspector.messages.message import (
    VIEWS,
    Follow,
    LinkQuantity,
    Message,
    Quantity,
    Unfollow,
    Watch,
)
from connectionist.inspector.messages.queries import (
    QUERIES,
    CaseDetailsQuery,
    CasesQuery,
    ClustersQuery,
    CompareMomentsQuery,
    ComponentsQuery,
    ExplainQuery,
    HistogramQuery,
    LinksQuery,
    MomentQuery,
    ReceptiveFieldQuery,
    RunsQuery,
    ScriptTextQuery,
    SimilarityQuery,
    StrongestQuery,
    TableQuery,
    UnitOverQuery,
    WeightOverQuery,
    WeightsQuery,
)
from connectionist.inspector.messages.replies import (
    Answer,
    Done,
    Failure,
    Frame,
    Log,
    Notice,
    Reply,
    Script,
    SessionDescription,
    encode,
)

__all__ = [
    "ACTS",
    "QUERIES",
    "VIEWS",
    "Answer",
    "ArrangeAct",
    "CaseDetailsQuery",
    "CasesQuery",
    "ClampAct",
    "ClustersQuery",
    "CompareMomentsQuery",
    "ComponentsQuery",
    "Done",
    "EnterInputAct",
    "ExplainQuery",
    "Failure",
    "Follow",
    "Frame",
    "FreezeAct",
    "GoToEpochAct",
    "HistogramQuery",
    "LesionAct",
    "LinkQuantity",
    "LinksQuery",
    "Log",
    "Message",
    "MomentQuery",
    "Notice",
    "PauseAct",
    "Quantity",
    "RandomizeAct",
    "ReceptiveFieldQuery",
    "Reply",
    "RestoreAct",
    "RunsQuery",
    "SaveRecordingAct",
    "Script",
    "ScriptTextQuery",
    "SessionDescription",
    "SetRuleAct",
    "SetScheduleAct",
    "SetWeightAct",
    "ShowCaseAct",
    "SimilarityQuery",
    "StepAct",
    "StrongestQuery",
    "TableQuery",
    "TieAct",
    "TrainAct",
    "UndoAct",
    "Unfollow",
    "UnfreezeAct",
    "UnitOverQuery",
    "Watch",
    "WeightOverQuery",
    "WeightsQuery",
    "encode",
]
