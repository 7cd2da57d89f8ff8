<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1">
<context>
    <name>App</name>
    <message>
        <source>internal error, see the log: {error}</source>
        <translation>内部错误，详见日志：{error}</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>failed</source>
        <translation>运行失败</translation>
    </message>
    <message>
        <source>connecting…</source>
        <translation>正在连接…</translation>
    </message>
    <message>
        <source>reconnecting…</source>
        <translation>正在重新连接…</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>播放结束</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>waiting for a picture…</source>
        <translation>等待画面…</translation>
    </message>
    <message>
        <source>reconnecting in {seconds} s</source>
        <translation>{seconds} 秒后重新连接</translation>
    </message>
    <message>
        <source>lost for {seconds} s: {reason}</source>
        <translation>信号中断 {seconds} 秒：{reason}</translation>
    </message>
    <message>
        <source>out of reach for {seconds} s: {reason}</source>
        <translation>{seconds} 秒无法连接：{reason}</translation>
    </message>
</context>
<context>
    <name>Bridge</name>
    <message>
        <source>snapshot written to {path}</source>
        <translation>截图已保存：{path}</translation>
    </message>
</context>
<context>
    <name>Hud</name>
    <message>
        <source>fps shown</source>
        <translation>显示帧率</translation>
    </message>
    <message>
        <source>source {fps:.1f} fps</source>
        <translation>源帧率 {fps:.1f}</translation>
    </message>
    <message>
        <source>latency</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>dropped</source>
        <translation>丢帧</translation>
    </message>
    <message>
        <source>late</source>
        <translation>过期</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>recording {time}</source>
        <translation>录制 {time}</translation>
    </message>
    <message>
        <source>{count} frames left out</source>
        <translation>漏录 {count} 帧</translation>
    </message>
</context>
<context>
    <name>Keys</name>
    <message>
        <source>pause and go on</source>
        <translation>暂停 / 继续</translation>
    </message>
    <message>
        <source>start and end a recording</source>
        <translation>开始 / 停止录制</translation>
    </message>
    <message>
        <source>save a snapshot</source>
        <translation>截图</translation>
    </message>
    <message>
        <source>hide and show the figures</source>
        <translation>显示 / 隐藏数据</translation>
    </message>
    <message>
        <source>full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>leave full screen</source>
        <translation>退出全屏</translation>
    </message>
    <message>
        <source>this list</source>
        <translation>快捷键列表</translation>
    </message>
    <message>
        <source>quit</source>
        <translation>退出</translation>
    </message>
</context>
<context>
    <name>Kiosk</name>
    <message>
        <source>quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>a video is shown in kiosk mode</source>
        <translation>正在全屏展示视频</translation>
    </message>
    <message>
        <source>next try in {seconds} s</source>
        <translation>{seconds} 秒后重试</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>recording started</source>
        <translation>开始录制</translation>
    </message>
    <message>
        <source>no snapshot: there is no picture yet</source>
        <translation>还没有画面，无法截图</translation>
    </message>
    <message>
        <source>recording finished: {path}</source>
        <translation>录制完成：{path}</translation>
    </message>
    <message>
        <source>closing…</source>
        <translation>正在关闭…</translation>
    </message>
</context>
</TS>
