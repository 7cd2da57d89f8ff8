"""The words of `models`."""

from __future__ import annotations

from rkvideo.cli.words.help import Commands, add_command


def add_models(commands: Commands) -> None:
    """What models there are."""
    models = add_command(
        commands, "models", "what models there are, and getting more", "list", "fetch yolox-nano"
    )
    actions = models.add_subparsers(dest="action", required=True, metavar="ACTION")
    add_command(actions, "list", "the models that are here or can be fetched", "")
    info = add_command(
        actions, "info", "what a model file is, and whether it fits here", "yolo11n@320"
    )
    info.add_argument(
        "model",
        metavar="NAME[@SIZE]|PATH",
        help="a model of `models list`, or an .onnx or .rknn file",
    )
    fetch = add_command(
        actions,
        "fetch",
        "download models, the demo clip, or others to check with\n\n"
        "A file counts only when its SHA-256 is the one that comes with rkvideo.",
        "yolox-nano",
        "--all",
    )
    fetch.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="yolo11n, yolox-nano, bikes ... (default: see --all)",
    )
    fetch.add_argument("--all", action="store_true", help="everything that can be fetched")
    add_command(
        actions,
        "clean",
        "free the disk of what `convert` has kept\n\n"
        "That is what .rknn files were built from, which --backend rknn-sim builds again,\n"
        "and temporary files of conversions that were killed. No model is removed.",
        "",
    )
    models.set_defaults(verbose=False)
