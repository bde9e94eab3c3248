"""Views of plans, results and diagnostics: functions of data, without streams."""
