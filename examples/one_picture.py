"""The boxes in one picture: `python examples/one_picture.py PICTURE [MODEL]`."""

import sys

import cv2

from rkvideo import Detector

picture = cv2.imread(sys.argv[1])
if picture is None:
    sys.exit(f"{sys.argv[1]} is no picture that OpenCV reads")
with Detector(*sys.argv[2:]) as detector:
    # OpenCV gives blue first; an array of another library, or a PIL image, needs no `color`.
    found = detector(picture, color="bgr")
    for box, score, class_id in zip(found.xyxy, found.score, found.class_id, strict=True):
        left, top, right, bottom = box.round().astype(int)
        print(f"{detector.labels[class_id]} {score:.2f} at {left},{top} to {right},{bottom}")
