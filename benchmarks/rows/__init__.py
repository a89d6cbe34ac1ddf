"""The rows of the table, in its order."""

from .attention import ATTENTION
from .chain import LONG, SCALARS
from .conv import CONV
from .elements import ELEMENTS
from .large_mlp import LARGE_MLP
from .leaf import LEAF
from .scalar_mlp import SCALAR_MLP
from .second import SECOND
from .small_mlp import SMALL_MLP, SMALL_NN
from .softmax import SOFTMAX

ROWS = [
    SCALARS,
    SCALAR_MLP,
    SMALL_MLP,
    SMALL_NN,
    LARGE_MLP,
    ELEMENTS,
    SOFTMAX,
    LEAF,
    LONG,
    SECOND,
    CONV,
    ATTENTION,
]
