"""The panels beside the picture: Models, Boxes, Record, Graph. None knows another.

- `models_panel`, `model_card`, `model_book`: models and sizes.
- `tuning_panel`, `class_list`, `slider_row`, `throttle`: thresholds, classes, the look.
- `record_panel`: recordings and snapshots.
- `graph`: the last 60 s.
- `settings_panel`: what holds for every source, and the keys.
"""
