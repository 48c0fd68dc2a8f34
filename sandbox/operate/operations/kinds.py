"""The kinds of operation."""

from typing import Annotated

from pydantic import Field

from sandbox.operate.operations.alerting import Acknowledge, Disable, Enable, Silence, Unsilence
from sandbox.operate.operations.operation import Operation
from sandbox.operate.operations.people import (
    Approve,
    Close,
    Declare,
    Diagnose,
    Escalate,
    Note,
    Page,
    Refuse,
    Update,
)
from sandbox.operate.operations.procedure import Perform, Send
from sandbox.operate.operations.ramp import Abort, Advance, Divert, Hold, Promote, Readmit, Resume, RollBack
from sandbox.operate.operations.serving import Adjust, Restart, Scale, Toggle

AnyOperation = Annotated[
    Advance | Promote | RollBack | Abort | Divert | Readmit | Hold | Resume | Approve | Refuse | Scale | Restart |
    Toggle | Adjust | Acknowledge | Silence | Unsilence | Disable | Enable | Declare | Close | Diagnose | Escalate |
    Page | Update | Note | Perform | Send,
    Field(discriminator="kind"),
]
KINDS: tuple[type[Operation], ...] = (
    Advance, Promote, RollBack, Abort, Divert, Readmit, Hold, Resume, Approve, Refuse, Scale, Restart, Toggle, Adjust,
    Acknowledge, Silence, Unsilence, Disable, Enable, Declare, Close, Diagnose, Escalate, Page, Update, Note, Perform,
    Send,
)
BY_NAME: dict[str, type[Operation]] = {str(kind.model_fields["kind"].default): kind for kind in KINDS}
