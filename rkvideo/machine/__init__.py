"""What the kernel, the chip and the screen of this machine say, and holding them.

- `identity`: what the machine is called in a report.
- `soc`, `npu_files`, `device_access`: which chip it is, where the kernel shows its NPU, and how a
  user gets at a device.
- `npu_monitor`, `chip_units`, `clock_pins`: what the NPU and the units beside it do, and holding
  clocks.
- `clocks`, `clock_watch`: the clocks of NPU, memory and CPU cores, and whether they stood still.
- `cpu_lists`, `thread_cores`: lists of CPU cores, and which core a thread is on.
- `affinity`: which CPU cores the threads of a run are kept on.
- `fast_paths`: what each fast path of this process said of itself.
- `trial_mark`: a file that tells of a trial which ended the program.
- `heap`: that freed memory of threads is used again.
- `trials`: a program of its own that tries what a driver may end.
- `process`, `threads`: the memory and the CPU cores of this process; a thread that cannot be had.
- `display`, `blanking`: whether there is a screen, and keeping it lit.
- `called`: what the user types to start the program.
- `qt_libraries`: what the window needs of the system.
- `places`: every place on the disk in which the program looks or writes by itself.
- `telemetry`: usage events of libraries, switched off.
- `pulse`, `watchdog`: signs of life of a thread, and telling systemd of them.
- `cameras`, `camera_modes`: the cameras that the kernel lists, and what sizes they offer.
"""
