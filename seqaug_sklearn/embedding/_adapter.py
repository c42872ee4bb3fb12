"""One way to ask any network for the vectors of its tokens: its signature and its answers say what it is."""

import inspect
from collections.abc import Mapping

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import Message, Parameter

__all__ = ["NetworkAdapter"]

_TOKEN_NAMES = ("input_ids", "tokens", "token_ids", "input_tokens", "inputs", "input", "x")
_MASK_NAMES = ("attention_mask", "padding_mask", "mask")
_LAYER_NAMES = ("output_hidden_states", "output_all_encoded_layers")
_LAST_NAMES = ("last_hidden_state", "encoder_last_hidden_state")
_STATES_NAMES = ("hidden_states", "encoder_hidden_states")


class NetworkAdapter:
    """A network, asked in its own terms.

    Nothing is taken for granted but that token numbers go in: the other arguments are passed where the signature names
    them (or takes any), and the vectors are looked for in what comes back, by name in an output with names, by shape in
    a tuple.

    Parameters
    ----------
    network : torch.nn.Module
        The network, in evaluation mode.
    where : str
        The model, for messages.
    n_layers : int, default=None
        Layers, where the configuration says it.
    width : int, default=None
        Numbers in a vector, where the configuration says it.
    n_tokens : int, default=None
        Size of the vocabulary: what has as many columns are scores of tokens, not vectors.

    Attributes
    ----------
    verdicts : dict
        What a test of this network has shown, by settings.
    """

    def __init__(self, network, where, *, n_layers=None, width=None, n_tokens=None):
        self.network, self.where = network, where
        self.n_layers, self.width, self.n_tokens = n_layers, width, n_tokens
        self.device = next(network.parameters()).device
        self.verdicts: dict[tuple, tuple[str, bool]] = {}
        parameters = inspect.signature(network.forward).parameters
        any_name = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values())
        # what is called neither is the first argument
        self._tokens = _first(_TOKEN_NAMES, parameters)
        self._mask = _first(_MASK_NAMES, parameters) or ("attention_mask" if any_name else None)
        self._layers = _first(_LAYER_NAMES, parameters) or ("output_hidden_states" if any_name else None)
        # a decoder would keep the keys and values of all its layers for a next call that never comes
        self._fixed = {
            name: value for name, value in (("return_dict", True), ("use_cache", False)) if name in parameters
        }
        # some give no vectors unless those of all layers are asked for: masked language models
        self._always_layers = False

    def hidden(self, numbers, mask, *, layer):
        """Run a batch.

        Parameters
        ----------
        numbers, mask : int64 torch.Tensor of shape (n_rows, n_tokens)
            Token numbers; 1 for a token and 0 for padding.
        layer : int
            0 to the number of layers, or -1 for the last.

        Returns
        -------
        float32 torch.Tensor of shape (n_rows, n_tokens, width)

        Raises
        ------
        DataFormatError
            If the network does not run on the batch, or no vectors of tokens come back.
        """
        import torch

        # counted from the end: some networks leave the embedding of tokens out of their list of layers
        back = 0 if layer == -1 else self.n_layers - layer
        with torch.inference_mode():
            found = None
            if not (back or self._always_layers):
                found = self._find(self._forward(numbers, mask, layers=False), numbers.shape, back)
            if found is None:
                found = self._find(self._forward(numbers, mask, layers=True), numbers.shape, back)
                self._always_layers = self._always_layers or (back == 0 and found is not None)
            if found is None:
                what = "no vectors of its tokens" if back == 0 else f"no vectors of its tokens at layer {layer}"
                way = "choose an encoder of text" if back == 0 else "pass layer=-1, the last"
                raise DataFormatError(Message(Parameter("model", self.where), f": its network gives {what}; {way}"))
            return found.float()

    def _forward(self, numbers, mask, *, layers):
        import torch

        options = dict(self._fixed)
        if self._mask:
            options[self._mask] = mask
        if self._layers:
            options[self._layers] = layers
        try:
            if self._tokens:
                return self.network(**{self._tokens: numbers}, **options)
            return self.network(numbers, **options)
        except torch.OutOfMemoryError:
            raise
        except (RuntimeError, ValueError, TypeError, IndexError) as error:
            rows, length = numbers.shape
            raise DataFormatError(
                Message(
                    Parameter("model", self.where),
                    f": its network does not run on {rows} x {length} tokens ({str(error).strip()[:300]}); choose "
                    "another model, or leave out sequences of this length",
                )
            ) from error

    def _find(self, output, shape, back):
        """Vectors of the layer that lies ``back`` before the last, or None."""
        import torch

        named = output if isinstance(output, Mapping) else {}
        items = [output]
        if named:
            items = list(named.values())
        elif isinstance(output, (tuple, list)):
            items = list(output)
        if back == 0:
            for name in _LAST_NAMES:
                if self._fits(named.get(name), shape):
                    return named[name]
            plain = [] if named else [item for item in items if self._fits(item, shape) and self._is_no_score(item)]
            # by width first: a tuple may begin with something else
            plain.sort(key=lambda item: item.shape[-1] != self.width)
            if plain:
                return plain[0]
        lists = [named[name] for name in _STATES_NAMES if named.get(name)]
        lists = lists or [item for item in items if isinstance(item, (tuple, list))]
        for states in lists:
            states = [state for state in states if torch.is_tensor(state)]
            if len(states) > back and self._fits(states[-1 - back], shape):
                return states[-1 - back]
        return None

    def _is_no_score(self, item):
        return item.shape[-1] != self.n_tokens or self.n_tokens == self.width

    @staticmethod
    def _fits(item, shape):
        import torch

        return torch.is_tensor(item) and item.is_floating_point() and item.ndim == 3 and item.shape[:2] == shape


def _first(names, parameters):
    return next((name for name in names if name in parameters), None)
