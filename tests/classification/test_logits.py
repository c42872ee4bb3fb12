import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError

from seqaug_sklearn.classification import CNNBiLSTMClassifier, PromoterCNNClassifier
from seqaug_sklearn.encoding import OneHotEncoder, reverse_complement

X = ["ACGTTGACCATTGACCATAC", "TTACACGTGCACACGTGATA", "GGTTGACCANATTACA", "CACGTGCCACGTGTT"] * 3
Y = ["W", "G", "W", "G"] * 3
MODELS = {
    "lstm": CNNBiLSTMClassifier(hidden_size=3, conv_channels=(4,), dense_units=(5,)),
    "single": PromoterCNNClassifier(conv_channels=(4, 3), kernel_size=4, pool_size=3, dense_units=(5,)),
    "both": PromoterCNNClassifier(conv_channels=(4, 3), kernel_size=4, pool_size=3, dense_units=(5,), strand="both"),
}


@pytest.fixture(scope="module", params=sorted(MODELS))
def fitted(request):
    model = MODELS[request.param].set_params(max_epochs=2, validation_fraction=None, device="cpu", random_state=0)
    return model.fit(X, Y)


def one_hot(codes, n_symbols=4):
    return torch.from_numpy(np.eye(n_symbols + 1, n_symbols, dtype=np.float32)[codes])


def test_the_logits_are_those_behind_the_probabilities(fitted):
    codes, sources, lengths = fitted.encode_windows(X)
    assert codes.shape == (12, fitted.length_)
    assert sources.tolist() == list(range(12))
    assert lengths.tolist() == [len(text) for text in X]
    module = fitted.logits_module()
    if getattr(fitted, "strand", "single") == "single":
        probabilities = module(one_hot(codes), torch.from_numpy(lengths)).softmax(1).numpy()
    else:  # probabilities are averaged, logits too: compare strand by strand
        texts = [X, reverse_complement(X)]
        parts = [one_hot(fitted.encode_windows(text)[0]) for text in texts]
        strands = [module.strands[0](part) for part in parts]
        both = module(parts[0], torch.from_numpy(lengths))
        np.testing.assert_allclose(both.numpy(), (strands[0] + strands[1]).numpy() / 2, atol=1e-6)
        probabilities = sum(strand.softmax(1) for strand in strands).numpy() / 2
    np.testing.assert_allclose(probabilities, fitted.predict_proba(X), atol=1e-6)


def test_bags_and_one_hot_are_encoded_as_text_is(fitted):
    codes, *_ = fitted.encode_windows(X[:2])
    encoder = OneHotEncoder().fit(X[:2])
    np.testing.assert_array_equal(fitted.encode_windows(encoder.transform(X[:2]))[0], codes)
    bags, sources, lengths = fitted.encode_windows(np.array([[X[0], ""], [X[1], X[0]]]))
    np.testing.assert_array_equal(bags, codes[[0, 1, 0]])
    assert sources.tolist() == [0, 1, 1]
    assert lengths.tolist() == [20, 20, 20]


def test_the_copy_leaves_the_classifier_alone(fitted):
    module = fitted.logits_module("cpu")
    own = set(map(id, fitted.net_.module_.parameters()))
    assert not own & set(map(id, module.parameters()))
    assert not module.training
    assert not any(p.requires_grad for p in module.parameters())
    assert all(p.requires_grad for p in fitted.net_.module_.parameters())
    x = one_hot(fitted.encode_windows(X)[0]).requires_grad_()
    (gradient,) = torch.autograd.grad(module(x).sum(), x)
    assert gradient.abs().sum() > 0


def test_unfitted_is_an_error():
    for method in ("encode_windows", "logits_module"):
        with pytest.raises(NotFittedError, match="not fitted"):
            getattr(PromoterCNNClassifier(), method)(*([X] if method == "encode_windows" else []))


def test_the_affine_beginning_and_the_rest_are_the_network(fitted):
    module = fitted.logits_module()
    rng = np.random.default_rng(0)
    x, other = (torch.from_numpy(rng.random((3, fitted.length_, 4), dtype=np.float32)) for _ in range(2))
    lengths = torch.tensor([fitted.length_, 17, 15])
    torch.testing.assert_close(module.head(module.stem(x, lengths)), module(x, lengths))
    halfway = module.stem((x + other) / 2, lengths)
    for between, one, two in zip(halfway, module.stem(x, lengths), module.stem(other, lengths), strict=True):
        torch.testing.assert_close(between, (one + two) / 2, atol=1e-5, rtol=1e-5)
