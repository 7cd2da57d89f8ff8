"""How right a model is: its boxes against labelled pictures.

- `truth`, `data_set`: a labelled data set, and which format it has.
- `coco_json`, `yolo_txt`, `voc_xml`, `cvat_xml`: the formats.
- `picture_files`, `yaml_file`, `xml_file`: what the formats share.
- `class_mapping`: which class of a model is which of the data.
- `matching`, `counts`: correct, false and missed boxes.
- `precision`, `bootstrap`, `difference`: average precision, intervals, two models side by side.
- `protocols`, `picture_source`, `predictions`: running a model over the pictures, and keeping its
  boxes.
- `unlabelled`, `agreement`, `pairing`, `agreeing`: pictures without labels, and how far models
  agree there.
- `disagreement`, `disagreeing`, `spread_frames`: the frames of a clip on which two models differ
  most.
- `worst`: the pictures with most errors.
- `choices`, `plan`, `runner`: what is asked for, and running it.
- `watched`: ending soon where nobody waits any more.
- `job`: a whole evaluation, for the command and for the window.
- `figures`, `results`, `report`: from boxes to figures, and their files.
- `written`: what it writes for itself, and reading it back.
- `command`: the command `eval`.
"""
