"""Sphinx configuration: numpydoc docstrings, API pages by autosummary, the gallery runs the examples."""

import importlib.util
import re

from seqaug_sklearn import __version__

project = "seqaug_sklearn"
author = "The seqaug_sklearn developers"
copyright = f"2026, {author}"
release = version = __version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.extlinks",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
]
# buttons that copy examples, without prompts and output; a build without them lacks nothing else
if importlib.util.find_spec("sphinx_copybutton"):
    extensions.append("sphinx_copybutton")
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
copybutton_exclude = ".linenos, .gp, .go"

# links into other packages' manuals need the network, which not every machine has: `make docs ARGS="-t online"`
if tags.has("online"):  # noqa: F821  # Sphinx puts it here
    extensions.append("sphinx.ext.intersphinx")
intersphinx_mapping = {
    "python": ("https://docs.python.org/3", None),
    "numpy": ("https://numpy.org/doc/stable", None),
    "scipy": ("https://docs.scipy.org/doc/scipy", None),
    "pandas": ("https://pandas.pydata.org/docs", None),
    "matplotlib": ("https://matplotlib.org/stable", None),
    "sklearn": ("https://scikit-learn.org/stable", None),
    "imblearn": ("https://imbalanced-learn.org/stable", None),
    "torch": ("https://docs.pytorch.org/docs/stable", None),
    "skorch": ("https://skorch.readthedocs.io/en/stable", None),
}

exclude_patterns = ["_build", "auto_examples/*.ipynb"]
templates_path = ["_templates"]
default_role = "code"

extlinks = {"doi": ("https://doi.org/%s", "doi:%s")}
autosummary_generate = True
autodoc_typehints = "none"
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_title = f"seqaug_sklearn {release}"
html_theme_options = {
    "navbar_align": "left",
    "show_prev_next": True,
    "secondary_sidebar_items": ["page-toc"],
}
html_sidebars = {"install": [], "cite": [], "changelog": [], "contributing": [], "decisions": []}
html_static_path = ["_static"]
html_css_files = ["custom.css"]
html_show_sourcelink = False

# the sections of the gallery, in the order in which a newcomer reads
GALLERY_SECTIONS = [
    "first_steps",
    "real_score",
    "augmentations",
    "numbers",
    "explanations",
    "published_systems",
    "tuning",
]

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "subsection_order": [*(f"../examples/{section}" for section in GALLERY_SECTIONS), "*"],
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"/plot_",
    # programs are run by hand
    "ignore_pattern": r"/benchmarks/|(^|/)(recipe|tune|pretrain|make)_",
    "within_subsection_order": "FileNameSortKey",
    "doc_module": ("seqaug_sklearn",),
    "backreferences_dir": "api/generated/backreferences",
    "abort_on_example_error": True,
    "show_memory": False,
    "show_signature": False,
    "download_all_examples": False,
    "plot_gallery": True,
}


def _skip_foreign_members(app, what, name, obj, skip, options):
    """Leave out what other packages wrote: their text links into their own manuals."""
    function = getattr(obj, "fget", obj)
    home = getattr(function, "__module__", None) or type(function).__module__
    foreign = not home.startswith("seqaug_sklearn") or re.fullmatch(r"set_\w+_request", name)
    return True if what == "class" and foreign else skip


def setup(app):
    app.connect("autodoc-skip-member", _skip_foreign_members)
