"""Layers, held against loops over every place and every weight, and against products of matrices that count themselves."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reference.counting.exact import exact
from reference.language.errors import LanguageError
from reference.language.writing import plain
from reference.layers.asked import asked_of
from reference.layers.formulas import symbolic, worked_out
from reference.layers.ledger import ALL, QUANTITIES, SUMMED
from reference.layers.stack import stack_of
from reference.misconceptions.layers import NAMES, misreadings, wrong_amounts

COUNTS = ("weights", "biases", "multiply_adds")


def of_last(texts, quantities, sizes=None, names=()):
    """The given quantities of the last layer of a stack."""
    ledger = stack_of(texts, names).at(sizes or {})
    [*_, last] = texts
    return [ledger.value(last, one) for one in quantities]


# Convolution and pooling


def starts(n, k, s, p, d):
    """The places, from -p on, at which a window of k places d apart lies within n places padded by p."""
    return range(-p, n + p - d * (k - 1), s)


@given(
    places=st.lists(st.integers(1, 9), min_size=1, max_size=2),
    k=st.integers(1, 4),
    s=st.integers(1, 3),
    p=st.integers(0, 2),
    d=st.integers(1, 3),
    groups=st.integers(1, 3),
    per_group=st.tuples(st.integers(1, 3), st.integers(1, 3)),
)
def test_a_convolution_multiplies_every_kernel_at_every_place(
    places, k, s, p, d, groups, per_group
):
    incoming, filters = (groups * one for one in per_group)
    shape = " × ".join(map(str, [*places, incoming]))
    text = f"conv {filters}, kernel {k}, stride {s}, padding {p}, dilation {d}, groups {groups}"
    out = [[*starts(n, k, s, p, d)] for n in places]
    if not all(out):
        with pytest.raises(LanguageError, match="does not fit into"):
            of_last({"x": shape, "y": text}, ["shape"])
        return
    of_group = incoming // groups
    weights = {
        (f, f // (filters // groups) * of_group + c, offset)
        for f in range(filters)
        for c in range(of_group)
        for offset in itertools.product(range(k), repeat=len(places))
    }
    products = sum(1 for _ in itertools.product(*out) for _ in weights)
    found = of_last({"x": shape, "y": text}, ("shape", *COUNTS))
    assert found == [(*map(len, out), filters), (len(weights),), (filters,), (products,)]


@given(
    places=st.lists(st.integers(1, 5), min_size=1, max_size=2),
    k=st.integers(1, 4),
    s=st.integers(1, 3),
    channels=st.tuples(st.integers(1, 3), st.integers(1, 3)),
)
def test_a_transposed_convolution_spreads_every_entry_by_every_kernel(places, k, s, channels):
    incoming, filters = channels
    shape = " × ".join(map(str, [*places, incoming]))
    reached, products = set(), 0
    for place in itertools.product(*map(range, places)):
        for offset in itertools.product(range(k), repeat=len(places)):
            reached.add(tuple(s * one + o for one, o in zip(place, offset, strict=True)))
            products += incoming * filters
    sides = tuple(max(one[axis] for one in reached) + 1 for axis in range(len(places)))
    found = of_last(
        {"x": shape, "y": f"transposed {filters}, kernel {k}, stride {s}"},
        ("shape", "weights", "multiply_adds"),
    )
    assert found == [(*sides, filters), (k ** len(places) * incoming * filters,), (products,)]


windows = st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3))


@given(st.lists(windows, min_size=1, max_size=4))
def test_what_a_place_sees(layers):
    def seen(place, below):
        """The places of the input with an influence on one, by going down all paths."""
        if not below:
            return {place}
        k, s, d = below[-1]
        return set().union(*(seen(s * place + d * tap, below[:-1]) for tap in range(k)))

    texts = {
        f"l{i}": f"conv 1, kernel {k}, stride {s}, dilation {d}"
        for i, (k, s, d) in enumerate(layers)
    }
    first, second = seen(0, layers), seen(1, layers)
    found = of_last({"x": "9999 × 1", **texts}, ("receptive_field", "influence", "jump"))
    field = max(first) - min(first) + 1
    assert found == [(field,), (len(first),), (min(second) - min(first),)]


@given(n=st.integers(1, 20), k=st.integers(1, 4), s=st.integers(1, 4))
def test_pooling_has_nothing_to_learn_and_may_round_up(n, k, s):
    assume(k <= n)
    down = len([*starts(n, k, s, 0, 1)])
    rest = (n - k) % s
    texts = {"x": f"{n} × {n} × 3", "y": f"maxpool {k}, stride {s}"}
    assert of_last(texts, ("shape", *COUNTS)) == [(down, down, 3), (0,), (0,), (0,)]
    up = down + (rest > 0)
    assert of_last(texts | {"y": texts["y"] + ", ceil yes"}, ["shape"]) == [(up, up, 3)]
    assert of_last(texts | {"y": f"avgpool {k}"}, ["side"]) == [(n // k,)]


# Recurrence, attention and dense layers


class Counting:
    """Matrices that are made on demand, and products that count what they multiply."""

    def __init__(self):
        self.weights, self.products = {}, 0

    def matrix(self, name, *shape):
        return self.weights.setdefault(name, np.ones(shape))

    def times(self, left, right):
        self.products += left.shape[0] * left.shape[1] * right.shape[1]
        return left @ right

    def of(self, kind):
        return sum(one.size for name, one in self.weights.items() if name[0] == kind)


@given(
    gates=st.sampled_from([("rnn", 1), ("gru", 3), ("lstm", 4)]),
    steps=st.integers(1, 5),
    d=st.integers(1, 4),
    h=st.integers(1, 4),
    both=st.booleans(),
    last=st.booleans(),
)
def test_recurrent_layers(gates, steps, d, h, both, last):
    kind, count = gates
    paper = Counting()
    states = []
    for direction in range(1 + both):
        state = np.ones((1, h))
        states.append([])
        for _ in range(steps):
            for gate in range(count):
                paper.times(np.ones((1, d)), paper.matrix(("W", direction, gate, "x"), d, h))
                state = paper.times(state, paper.matrix(("W", direction, gate, "h"), h, h))
                state = np.ones((1, h)) + paper.matrix(("b", direction, gate), 1, h)
            states[direction].append(state[0])
    out = np.concatenate(states, axis=1)
    shape = out[-1].shape if last else out.shape
    text = f"{kind} {h}, directions {1 + both}, last {'yes' if last else 'no'}"
    found = of_last({"x": f"{steps} × {d}", "y": text}, ("shape", *COUNTS))
    assert found == [shape, (paper.of("W"),), (paper.of("b"),), (paper.products,)]


@given(
    n=st.integers(1, 5), heads=st.integers(1, 3), shared=st.integers(1, 3), width=st.integers(1, 3)
)
def test_attention(n, heads, shared, width):
    d = heads * width
    key_heads = heads if shared > heads else shared
    paper = Counting()
    x = np.ones((n, d))

    def projected(name, head):
        made = paper.matrix(("W", name, head), d, width)
        paper.matrix(("b", name, head), 1, width)
        return made

    keys = [paper.times(x, projected("k", one)) for one in range(key_heads)]
    values = [paper.times(x, projected("v", one)) for one in range(key_heads)]
    outputs = []
    for head in range(heads):
        query = paper.times(x, projected("q", head))
        scores = paper.times(query, keys[head % key_heads].T)
        outputs.append(paper.times(scores, values[head % key_heads]))
    y = paper.times(np.concatenate(outputs, axis=1), paper.matrix(("W", "o"), d, d))
    paper.matrix(("b", "o"), 1, d)
    text = f"attention {heads}, key_heads {key_heads}"
    found = of_last({"x": f"{n} × {d}", "y": text}, ("shape", *COUNTS))
    assert found == [y.shape, (paper.of("W"),), (paper.of("b"),), (paper.products,)]


@given(n=st.integers(1, 4), d=st.integers(1, 4), m=st.integers(1, 5))
def test_dense_layers_act_on_every_token(n, d, m):
    paper = Counting()
    hidden = paper.times(np.ones((n, d)), paper.matrix(("W", 1), d, m))
    one_way = paper.products
    paper.times(hidden, paper.matrix(("W", 2), m, d))
    texts = {"x": f"{n} × {d}"}
    assert of_last({**texts, "y": f"dense {m}"}, ("shape", *COUNTS)) == [
        hidden.shape, (d * m,), (m,), (one_way,),
    ]  # fmt: skip
    assert of_last({**texts, "y": f"mlp {m}"}, ("shape", *COUNTS)) == [
        (n, d), (paper.of("W"),), (m + d,), (paper.products,),
    ]  # fmt: skip
    tied = f"dense {m}, bias no, tied yes"
    assert of_last({**texts, "y": tied}, COUNTS) == [(0,), (0,), (one_way,)]


def test_layers_that_only_pass_on_or_change_the_shape():
    texts = {
        "x": "6 × 6 × 4", "a": "conv 8, kernel 3, padding 1", "b": "batchnorm", "c": "relu", "d": "dropout",
        "e": "conv 8, kernel 1, from x", "f": "add c", "g": "concat x", "h": "globalpool", "i": "layernorm",
    }  # fmt: skip
    ledger = stack_of(texts, []).at({})
    shapes = {name: row.shape for name, row in ledger.rows.items()}
    assert {name: shapes[name] for name in "abcdef"} == dict.fromkeys("abcdef", (6, 6, 8))
    assert (shapes["g"], shapes["h"], shapes["i"]) == ((6, 6, 12), (12,), (12,))
    assert [ledger.value(name, "parameters") for name in "bcdfghi"] == [
        (16,), (0,), (0,), (0,), (0,), (0,), (24,),
    ]  # fmt: skip
    assert ledger.value("f", "receptive_field") == (3,)
    assert ledger.value("all", "parameters") == (4 * 8 * 9 + 8 + 16 + 32 + 8 + 24,)


# What is asked


NETWORK = {
    "image": "n × n × 3", "conv1": "conv 8, kernel 5, stride 2, padding 2", "pool": "maxpool 3, stride 2",
    "conv2": "conv 16, kernel 3", "flat": "flatten", "out": "dense 10",
}  # fmt: skip


def value_of(text, n=50):
    stack = stack_of(NETWORK, ["n"])
    return asked_of(text, ["n"], stack.names).value({"n": n}, stack.at({"n": n}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shape of pool", (12, 12, 8)),
        ("side of conv2", (10,)),
        ("entries of flat", (1600,)),
        ("parameters of all", (608 + 1168 + 16010,)),
        ("2 * parameters of conv1 + n", (1266,)),
        ("multiply_adds of conv2 / 16", (7200,)),
        ("smallest m in 1..99 where receptive_field of conv2 + 2 m * jump of conv2 >= 50", (5,)),
        ("largest m in 1..99 where m^2 <= n", (7,)),
    ],
)
def test_what_can_be_asked(text, expected):
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sides of conv1", "'sides' is nothing that layers have"),
        ("side of conv9", "'conv9' is no layer with side (layers: image, conv1"),
        ("side of all", "'all' is no layer with side"),
        ("shape of conv1 + 1", "a shape is no number to compute with"),
        ("n / 3", "'n / 3' is 50/3, expected a whole number"),
        ("n > 3", "expected a whole number, found the comparison"),
        ("smallest m in 1..9 where m", "expected a comparison with m"),
        ("smallest m in 1..9 where m > n", "no number meets"),
        ("smallest m in 9..1 where m > n", "expected up to 10000 numbers to try"),
        ("receptive_field of out", "out has no receptive_field: every place sees all"),
        ("1 / (n - 50)", "a division by zero"),
        ("2^(1/2)", "only small whole powers are exact"),
        ("exp(n)", "'exp' has no exact value among whole numbers"),
        ("m + 1", "unknown name 'm'"),
    ],
)
def test_what_cannot_be_asked(text, says):
    with pytest.raises(LanguageError) as error:
        value_of(text)
    assert says in error.value.message


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ({"x": "8 × 3", "a": "convolve 4"}, "a: found 'convolve', expected a kind of layer, as 'conv'"),
        ({"x": "8 × 3", "a": "conv 4"}, "a: conv needs kernel, found 'conv 4'"),
        ({"x": "8 × 3", "a": "conv 4, kernel 3, strides 2"}, "a: conv has the options filters, kernel,"),
        ({"x": "8 × 3", "a": "conv 4, kernel 3, kernel 3"}, "found 'kernel 3'"),
        ({"x": "8 × 3", "a": "relu 3"}, "a: relu has no options"),
        ({"x": "8 × 3", "a": "add b"}, "a: expected an earlier layer (x), found 'b'"),
        ({"x": "8 × 3", "a": "dense 4, from b"}, "a: expected an earlier layer (x), found 'b'"),
        ({"x": "8 × 3", "a": "conv 4, kernel 9"}, "a: conv does not fit into 8 × 3"),
        ({"x": "8 × 3", "a": "conv 4, kernel 1, groups 2"}, "a: 8 × 3 cannot be parted into 2 groups"),
        ({"x": "8 × 3", "a": "attention 2"}, "a: 8 × 3 cannot be parted into 2 heads"),
        ({"x": "8", "a": "lstm 4"}, "a: lstm needs 2 axes or more, found 8"),
        ({"x": "8 × 3", "a": "dense 4", "b": "add x"}, "b: add does not fit 8 × 4 and 8 × 3"),
        ({"x": "8 × 3", "a": "dense 7/2"}, "units of a is 7/2, expected a whole number"),
    ],
)  # fmt: skip
def test_stacks_that_do_not_fit(texts, says):
    with pytest.raises(LanguageError) as error:
        stack_of(texts, []).at({})
    assert says in error.value.message


# Formulas


MANY = {
    "x": "n × n × c", "conv1": "conv 2 f, kernel k, stride s, padding p, dilation 2", "up": "transposed f, kernel 2, stride s",
    "pool": "maxpool 3, stride 2, ceil yes", "norm": "batchnorm", "thin": "conv f, kernel 1, groups f, from pool, bias no",
    "sum": "add norm", "flat": "flatten", "out": "dense h", "seq": "embedding d, words v, from out",
    "rec": "gru h, directions 2", "att": "attention 2, key_heads 1, from seq", "own": "attention 2, width w, projection no, from seq",
    "mlp": "mlp 4 d", "join": "concat seq", "last": "lstm h, last yes",
}  # fmt: skip
SIZES = {"n": 19, "c": 3, "f": 4, "k": 3, "s": 2, "p": 1, "h": 5, "d": 6, "v": 11, "w": 7}


@pytest.mark.parametrize("quantity", [one for one in QUANTITIES if one != "influence"])
def test_formulas_in_symbols_and_in_numbers_have_the_values_of_the_ledger(quantity):
    stack = stack_of(MANY, [*SIZES])
    right = stack.at(SIZES)
    for name in (*stack.names, *([ALL] if quantity in SUMMED else [])):
        asked = asked_of(f"{quantity} of {name}", [*SIZES], stack.names)
        try:
            value = asked.value(SIZES, right)
        except LanguageError:
            continue
        for formulas in (symbolic(asked, stack), worked_out(asked, stack, right)):
            assert tuple(exact(one)(SIZES) for one in formulas) == value, (name, formulas)


def test_formulas_are_short():
    stack = stack_of(NETWORK, ["n"])

    def shown(text):
        asked = asked_of(text, ["n"], stack.names)
        formulas = symbolic(asked, stack), worked_out(asked, stack, stack.at({"n": 50}))
        return [plain(one) for [one] in formulas]

    assert shown("side of conv1") == [
        "floor((n + 2 * 2 - 5) / 2) + 1",
        "floor((50 + 2 * 2 - 5) / 2) + 1",
    ]
    assert shown("parameters of conv1") == ["8 * 3 * 5^2 + 8", "8 * 3 * 5^2 + 8"]
    assert shown("receptive_field of pool")[1] == "5 + (3 - 1) * 2"
    assert shown("parameters of all")[1] == "608 + 1168 + 16010"


# What goes wrong


MISTAKEN = [  # (what is asked, value → mistake that gives it)
    ("side of conv1", {26: "rounding", 23: "padding", 50: "stride"}),
    ("parameters of conv1", {600: "bias", 208: "one channel"}),
    ("multiply_adds of conv1", {125000: "one channel", 600: "places"}),
    ("side of pool", {13: "rounding", 25: "pooling", 24: None}),
    ("side of conv2", {11: "rounding", 23: "pooling"}),
    ("receptive_field of conv2", {9: "stride", 5: "layer", 15: None}),
    ("parameters of conv2", {160: "one channel", 1167: None}),
]


@pytest.mark.parametrize(("text", "expected"), MISTAKEN)
def test_mistakes_in_a_network_for_pictures(text, expected):
    stack = stack_of(NETWORK, ["n"])
    asked = asked_of(text, ["n"], stack.names)
    assert wrong_of(stack, asked, {"n": 50}, expected) == expected


def wrong(stack, asked, sizes):
    """(name, message, value) of each mistake."""
    right = stack.at(sizes)
    return wrong_amounts(
        asked, right, misreadings(right), lambda about, known: about.value(sizes, known)
    )


def wrong_of(stack, asked, sizes, values):
    """Value → the mistake that is named for it, of these values."""
    found = {value[0]: name for name, _, value in wrong(stack, asked, sizes)}
    return {value: found.get(value) for value in values}


def test_mistakes_in_recurrent_layers_and_attention():
    stack = stack_of(
        {
            "x": "30", "e": "embedding 64, words 1000", "bi": "lstm 100, directions 2", "gru": "gru 80, last yes",
            "att": "attention 4, key_heads 2, from e", "out": "dense 1000, bias no, tied yes",
        },
        [],
    )  # fmt: skip

    def named(text, expected):
        asked = asked_of(text, [], stack.names)
        assert wrong_of(stack, asked, {}, expected) == expected

    named("parameters of bi", {132800: "two biases", 66000: "directions", 131200: "bias"})
    named("parameters of gru", {43440: "directions", 22480: "gates"})
    square = 64 * 64
    named("weights of att", {4 * square: "key heads", 2 * square: "projection", 13 * square: None})
    named("weights of att", {(2 * 4 + 2 * 2) * square: "heads"})
    named("parameters of out", {64000: "tied"})


def test_every_mistake_can_be_made():
    stack = stack_of(
        {
            "x": "24 × 24 × 4", "c": "conv 8, kernel 3, stride 2, padding 1, dilation 2, groups 2",
            "p": "maxpool 3, stride 2", "f": "conv 4, kernel 2", "s": "flatten",
            "t": "embedding 8, words 9, from s", "r": "lstm 4, directions 2, from t",
            "a": "attention 4, key_heads 2, from t", "o": "dense 9, tied yes, from t",
        },
        [],
    )  # fmt: skip
    found = set()
    for quantity in ("shape", "parameters", "weights", "multiply_adds", "receptive_field", "side"):
        for layer in stack.names[1:]:
            asked = asked_of(f"{quantity} of {layer}", [], stack.names)
            try:
                amounts = wrong(stack, asked, {})
            except LanguageError:
                continue
            right = asked.value({}, stack.at({}))
            assert right not in [value for _, _, value in amounts]
            found |= {name for name, _, _ in amounts}
    assert found >= {*NAMES}
