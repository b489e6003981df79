"""Text that some markup, terminal, sheet or header would take for a sign."""

NAMES = (
    "[red]x[/red] [/] [bold",
    "$x^2$ and $$y$$",
    "[a](http://b.example) ![i](http://b.example/i.png)",
    "<b>bold</b><script>alert(1)</script><!-- c -->",
    "*x* **y** _z_ ~~gone~~ `code`",
    ":smile: :+1: :red[x] :material/home: :streamlit: :badge[x]",
    "a &amp; b &lt;b&gt; &#x41; &copy; & <",
    "a -> b <- c -- d >= e <= f ~= g",
    "http://www.b.example/x www.squat.mp4 me@b.example HTTPS://B.EXAMPLE",
    "# title",
    "- item",
    "1. one",
    "> quote",
    "a | b",
    "[^1]: note",
    "---",
    "===",
    "😀 12:30:45 50 % {x} \\* ::: \\",
    "=1+1",
    "{{ 7 * 7 }} {% raw %}",
)
"""These may be people's names."""

LINES = (
    "one\ntwo\n\n# three\n===\n    code",
    "a\u202eb\u202c \u200fc \u2066d",
    "a\x1b[31mb\x07\x00c",
    "x\u2028y\tz",
    "\udcff",
    "word & <b> " * 900,
    "x" * 10_000,
)
"""These cannot: line breaks, marks of direction, commands to terminals, broken text, 10 kB."""

HOSTILE = NAMES + LINES
