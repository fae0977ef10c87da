"""The table of named operations: what each takes, and the entries of what comes out.

A row is chosen by the axes of the arguments and by the settings. ``x: c × n`` has two axes, whose sizes have these names from then
on, ``b: f = 0`` may be left out, and ``b`` alone is a scalar. ``stride s = 1`` is a setting with a default, and ``kernel k`` must be
written; ``along is 2`` is one by which rows are told apart, 1 unless written. In an entry, a term with a place that does not exist is left out.
"""

from __future__ import annotations

from msgspec import Struct


class Row(Struct, frozen=True):
    """One way to call an operation.

    ``takes``: its arguments; ``settings`` behind them, of which those that must be written may stand without their words; ``entries``: the equation of an entry of what comes out;
    ``needs``: sizes that must be equal.
    """

    name: str
    takes: str
    settings: str
    entries: str
    needs: str = ""


def places(index: str, size: str, kernel: str) -> str:
    """How far an index of a sliding kernel runs."""
    return f"{index} in 1..floor(({size} + 2 p - d ({kernel} - 1) - 1) / s) + 1"


SLIDING = "stride s = 1, padding p = 0, dilation d = 1"
ALONG_N, ALONG_M, SQUARE_M = places("i", "n", "k"), places("j", "m", "l"), places("j", "m", "k")
FROM_N, FROM_M = "s (i - 1) + d (q - 1) + 1 - p", "s (j - 1) + d (r - 1) + 1 - p"
SPREADING = "stride s = 1, padding p = 0"
OVER_N, OVER_M = "u in 1..s (n - 1) + k - 2 p", "v in 1..s (m - 1) + l - 2 p"
BACK_N, BACK_M = "u + p - s (i - 1)", "v + p - s (j - 1)"
POOLING = "kernel k, stride s = k"
BOTH = "q in 1..k, r in 1..k"
POOLED_N, POOLED_M = "i in 1..floor((n - k) / s) + 1", "j in 1..floor((m - k) / s) + 1"
INSIDE = "s (i - 1) + q - p, s (j - 1) + r - p"
WINNER_OF = f"1{{(u - s (i - 1) + p, v - s (j - 1) + p) = argmax_{{{BOTH}}} "
REPEATED_N, REPEATED_M = "q in 1..k, u = k (i - 1) + q", "r in 1..k, v = k (j - 1) + r"
PADDED_N, PADDED_M = "i in 1..floor((n + 2 p - k) / s) + 1", "j in 1..floor((m + 2 p - k) / s) + 1"
WINDOWS = f"kernel k, {SLIDING}"
ROWS, COLUMNS = (one.partition("..")[2] for one in (ALONG_N, SQUARE_M))

TABLE = (
    Row("conv", "x: n, w: k, b = 0", SLIDING, f"[i] = b + sum_q w[q] x[{FROM_N}] for {ALONG_N}"),
    Row("conv", "X: n × m, K: k × l, b = 0", SLIDING,
        f"[i, j] = b + sum_{{q, r}} K[q, r] X[{FROM_N}, {FROM_M}] for {ALONG_N}, {ALONG_M}"),
    Row("conv", "X: c × n, K: f × c × k, b: f = 0", SLIDING,
        f"[a, i] = b[a] + sum_{{e, q}} K[a, e, q] X[e, {FROM_N}] for a in 1..f, {ALONG_N}"),
    Row("conv", "X: c × n × m, K: f × c × k × l, b: f = 0", SLIDING,
        f"[a, i, j] = b[a] + sum_{{e, q, r}} K[a, e, q, r] X[e, {FROM_N}, {FROM_M}] for a in 1..f, {ALONG_N}, {ALONG_M}"),
    Row("conv", "X: c × n × m, K: f × h × k × l, b: f = 0", f"groups g, {SLIDING}",
        f"[a, i, j] = b[a] + sum_{{u in 1..g, e, q, r, a > floor(f / g) (u - 1), a <= floor(f / g) u}} "
        f"K[a, e, q, r] X[h (u - 1) + e, {FROM_N}, {FROM_M}] for a in 1..f, {ALONG_N}, {ALONG_M}", "c = g h, f = g floor(f / g)"),
    Row("conv", "X: t × c × n × m, K: f × c × k × l, b: f = 0", SLIDING,
        f"[z, a, i, j] = b[a] + sum_{{e, q, r}} K[a, e, q, r] X[z, e, {FROM_N}, {FROM_M}] for z in 1..t, a in 1..f, {ALONG_N}, {ALONG_M}"),
    Row("depthwise", "X: c × n × m, K: c × k × l, b: c = 0", SLIDING,
        f"[a, i, j] = b[a] + sum_{{q, r}} K[a, q, r] X[a, {FROM_N}, {FROM_M}] for a in 1..c, {ALONG_N}, {ALONG_M}"),
    Row("conv_transpose", "x: n, w: k, b = 0", SPREADING, f"[u] = b + sum_i x[i] w[{BACK_N}] for {OVER_N}"),
    Row("conv_transpose", "X: n × m, K: k × l, b = 0", SPREADING,
        f"[u, v] = b + sum_{{i, j}} X[i, j] K[{BACK_N}, {BACK_M}] for {OVER_N}, {OVER_M}"),
    Row("conv_transpose", "X: c × n × m, K: c × f × k × l, b: f = 0", SPREADING,
        f"[a, u, v] = b[a] + sum_{{e, i, j}} X[e, i, j] K[e, a, {BACK_N}, {BACK_M}] for a in 1..f, {OVER_N}, {OVER_M}"),
    Row("maxpool", "x: n", f"{POOLING}, padding p = 0", f"[i] = max_{{q in 1..k}} x[s (i - 1) + q - p] for {PADDED_N}"),
    Row("maxpool", "X: n × m", f"{POOLING}, padding p = 0",
        f"[i, j] = max_{{{BOTH}}} X[s (i - 1) + q - p, s (j - 1) + r - p] for {PADDED_N}, {PADDED_M}"),
    Row("maxpool", "X: c × n × m", f"{POOLING}, padding p = 0",
        f"[a, i, j] = max_{{{BOTH}}} X[a, s (i - 1) + q - p, s (j - 1) + r - p] for a in 1..c, {PADDED_N}, {PADDED_M}"),
    Row("avgpool", "x: n", POOLING, f"[i] = mean_{{q in 1..k}} x[s (i - 1) + q] for {POOLED_N}"),
    Row("avgpool", "X: n × m", POOLING, f"[i, j] = mean_{{{BOTH}}} X[s (i - 1) + q, s (j - 1) + r] for {POOLED_N}, {POOLED_M}"),
    Row("avgpool", "X: c × n × m", POOLING,
        f"[a, i, j] = mean_{{{BOTH}}} X[a, s (i - 1) + q, s (j - 1) + r] for a in 1..c, {POOLED_N}, {POOLED_M}"),
    Row("unpool", "g: o, x: n", f"{POOLING}, padding p = 0",
        "[m] = sum_i g[i] 1{m - s (i - 1) + p = argmax_{q in 1..k} x[s (i - 1) + q - p]} for m in 1..n"),
    Row("unpool", "G: o × l, X: n × m", f"{POOLING}, padding p = 0", f"[u, v] = sum_{{i, j}} G[i, j] {WINNER_OF}X[{INSIDE}]}} for u in 1..n, v in 1..m"),
    Row("unpool", "G: c × o × l, X: c × n × m", f"{POOLING}, padding p = 0",
        f"[a, u, v] = sum_{{i, j}} G[a, i, j] {WINNER_OF}X[a, {INSIDE}]}} for a in 1..c, u in 1..n, v in 1..m"),
    Row("upsample", "x: n", "scale k", f"[u] = sum_{{i, {REPEATED_N}}} x[i] for u in 1..k n"),
    Row("upsample", "X: n × m", "scale k", f"[u, v] = sum_{{i, j, {REPEATED_N}, {REPEATED_M}}} X[i, j] for u in 1..k n, v in 1..k m"),
    Row("upsample", "X: c × n × m", "scale k",
        f"[a, u, v] = sum_{{i, j, {REPEATED_N}, {REPEATED_M}}} X[a, i, j] for a in 1..c, u in 1..k n, v in 1..k m"),
    Row("repeat", "x: n", "times k", f"[u] = sum_{{i, {REPEATED_N}}} x[i] for u in 1..k n"),
    Row("kron", "x: n, y: k", "", "[u] = sum_{i, q, u = k (i - 1) + q} x[i] y[q] for u in 1..k n"),
    Row("kron", "X: n × m, Y: k × l", "",
        "[u, v] = sum_{i, j, q, r, u = k (i - 1) + q, v = l (j - 1) + r} X[i, j] Y[q, r] for u in 1..k n, v in 1..l m"),
    Row("ones", "", "rows k", "[i] = 1 for i in 1..k"),
    Row("ones", "", "rows k, columns l", "[i, j] = 1 for i in 1..k, j in 1..l"),
    Row("globalpool", "X: c × n", "", "[a] = mean_i X[a, i]"),
    Row("globalpool", "X: c × n × m", "", "[a] = mean_{i, j} X[a, i, j]"),
    Row("pad", "x: n", "padding p", "[i] = (x[i - p] else 0) for i in 1..n + 2 p"),
    Row("pad", "X: n × m", "padding p", "[i, j] = (X[i - p, j - p] else 0) for i in 1..n + 2 p, j in 1..m + 2 p"),
    Row("pad", "X: c × n × m", "padding p", "[a, i, j] = (X[a, i - p, j - p] else 0) for a in 1..c, i in 1..n + 2 p, j in 1..m + 2 p"),
    Row("concat", "x: n, y: m", "", "[i] = (x[i] else y[i - n]) for i in 1..n + m"),
    Row("concat", "x: n, y: m, z: l", "", "[i] = (x[i] else y[i - n] else z[i - n - m]) for i in 1..n + m + l"),
    Row("concat", "X: n × l, Y: m × l", "along is 1", "[i, j] = (X[i, j] else Y[i - n, j]) for i in 1..n + m, j in 1..l"),
    Row("concat", "X: l × n, Y: l × m", "along is 2", "[i, j] = (X[i, j] else Y[i, j - n]) for i in 1..l, j in 1..n + m"),
    Row("concat", "X: c × n × m, Y: f × n × m", "", "[a, i, j] = (X[a, i, j] else Y[a - c, i, j]) for a in 1..c + f, i in 1..n, j in 1..m"),
    Row("slice", "x: n", "from u, to v", "[i] = x[u + i - 1] for i in 1..v - u + 1"),
    Row("slice", "X: n × m", "along is 1, from u, to v", "[i, j] = X[u + i - 1, j] for i in 1..v - u + 1, j in 1..m"),
    Row("slice", "X: n × m", "along is 2, from u, to v", "[i, j] = X[i, u + j - 1] for i in 1..n, j in 1..v - u + 1"),
    Row("slice", "X: c × n × m", "from u, to v", "[a, i, j] = X[u + a - 1, i, j] for a in 1..v - u + 1, i in 1..n, j in 1..m"),
    Row("flip", "w: k", "", "[q] = w[k - q + 1]"),
    Row("flip", "K: k × l", "", "[q, r] = K[k - q + 1, l - r + 1]"),
    Row("flip", "K: f × c × k × l", "", "[a, e, q, r] = K[a, e, k - q + 1, l - r + 1]"),
    Row("toeplitz", "w: k", "width n", "[i, j] = (w[j - i + 1] else 0) for i in 1..n - k + 1, j in 1..n"),
    Row("im2col", "x: n", WINDOWS, f"[i, q] = (x[{FROM_N}] else 0) for {ALONG_N}, q in 1..k"),
    Row("im2col", "X: n × m", WINDOWS,
        f"[u, v] = sum_{{{ALONG_N}, {SQUARE_M}, {BOTH}, u = ({COLUMNS}) (i - 1) + j, v = k (q - 1) + r}} X[{FROM_N}, {FROM_M}] "
        f"for u in 1..({ROWS}) ({COLUMNS}), v in 1..k k"),
    Row("im2col", "X: c × n × m", WINDOWS,
        f"[u, v] = sum_{{e, {ALONG_N}, {SQUARE_M}, {BOTH}, u = ({COLUMNS}) (i - 1) + j, v = k k (e - 1) + k (q - 1) + r}} "
        f"X[e, {FROM_N}, {FROM_M}] for u in 1..({ROWS}) ({COLUMNS}), v in 1..c k k"),
    Row("flatten", "X: n × m", "", "[u] = sum_{i, j, u = m (i - 1) + j} X[i, j] for u in 1..n m"),
    Row("flatten", "X: c × n × m", "from is 1", "[u] = sum_{a, i, j, u = n m (a - 1) + m (i - 1) + j} X[a, i, j] for u in 1..c n m"),
    Row("flatten", "X: c × n × m", "from is 2", "[a, u] = sum_{i, j, u = m (i - 1) + j} X[a, i, j] for a in 1..c, u in 1..n m"),
    Row("heads", "X: n × d", "count h", "[a, i, j] = X[i, floor(d / h) (a - 1) + j] for a in 1..h, i in 1..n, j in 1..floor(d / h)", "d = h floor(d / h)"),
    Row("join_heads", "X: h × n × d", "", "[i, u] = sum_{a, j, u = d (a - 1) + j} X[a, i, j] for i in 1..n, u in 1..h d"),
    Row("softmax", "X: n × m", "along is 1", "[i, j] = softmax_i X[i, j]"),
    Row("softmax", "X: n × m", "along is 2", "[i, j] = softmax_j X[i, j]"),
    Row("softmax", "X: h × n × m", "along is 3", "[a, i, j] = softmax_j X[a, i, j]"),
    Row("causal_softmax", "X: n × n", "", "[i, j] = softmax_{j <= i} X[i, j]"),
    Row("causal_softmax", "X: n × n", "window w", "[i, j] = softmax_{j <= i, j > i - w} X[i, j]"),
    Row("causal_softmax", "X: h × n × n", "", "[a, i, j] = softmax_{j <= i} X[a, i, j]"),
    Row("mean", "X: n × m", "along is 1", "[j] = mean_i X[i, j]"),
    Row("mean", "X: n × m", "along is 2", "[i] = mean_j X[i, j]"),
    Row("var", "x: n", "", "= var_i x[i]"),
    Row("var", "X: n × m", "along is 1", "[j] = var_i X[i, j]"),
    Row("var", "X: n × m", "along is 2", "[i] = var_j X[i, j]"),
    Row("channel_mean", "X: t × c × n × m", "", "[a] = mean_{z, i, j} X[z, a, i, j]"),
    Row("channel_var", "X: t × c × n × m", "", "[a] = var_{z, i, j} X[z, a, i, j]"),
    Row("normalize", "X: n × m, mu: m, nu: m, eps = 0, gamma: m = 1, beta: m = 0", "along is 1",
        "[i, j] = gamma[j] (X[i, j] - mu[j]) / sqrt(nu[j] + eps) + beta[j]"),
    Row("normalize", "X: n × m, mu: n, nu: n, eps = 0, gamma: m = 1, beta: m = 0", "along is 2",
        "[i, j] = gamma[j] (X[i, j] - mu[i]) / sqrt(nu[i] + eps) + beta[j]"),
    Row("normalize", "X: t × c × n × m, mu: c, nu: c, eps = 0, gamma: c = 1, beta: c = 0", "",
        "[z, a, i, j] = gamma[a] (X[z, a, i, j] - mu[a]) / sqrt(nu[a] + eps) + beta[a]"),
)  # fmt: skip

NAMES = frozenset(row.name for row in TABLE)
SIGNS_OF_SETTINGS = ("=", ":")  # between the word of a setting and its value
