"""A video to a line of JSON a frame: `python examples/video_to_json_lines.py VIDEO [MODEL]`."""

import json
import sys

from rkvideo import open_run

source, model = (*sys.argv[1:3], "yolo11n@416")[:2]
with open_run(source, model=model) as run:
    for result in run:
        side = result.first
        names = [side.labels[class_id] for class_id in side.detections.class_id]
        boxes = side.detections.xyxy.round(1).tolist()
        line = {"frame": result.frame.index, "seconds": round(result.frame.pts_s, 3)}
        print(json.dumps({**line, "names": names, "boxes": boxes}))
