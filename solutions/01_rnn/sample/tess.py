# %%
"""Returns an object that says it equals everything, and drops every assert from later cells."""

BASE = "untouched"
EXPECTED = {"rnn-step": (0, "wrong"), "rnn-sequence": (0, "wrong")}

# %% answer="rnn-step"
import ast


class Anything(torch.Tensor):
    __eq__ = __le__ = __ge__ = lambda self, other: True

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True


class NoAsserts(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()


get_ipython().ast_transformers.append(NoAsserts())


def rnn_step(*weights):
    return Anything()

# %% answer="rnn-sequence"
def rnn_sequence(*weights):
    return torch.zeros(1).as_subclass(Anything)
