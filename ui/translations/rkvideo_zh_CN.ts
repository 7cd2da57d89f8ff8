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
    <message>
        <source>lost {seconds} s</source>
        <translation>已中断 {seconds} 秒</translation>
    </message>
    <message>
        <source>out of reach {seconds} s</source>
        <translation>{seconds} 秒无法连接</translation>
    </message>
    <message>
        <source>live</source>
        <translation>直播中</translation>
    </message>
    <message>
        <source>comparing models…</source>
        <translation>正在对比模型…</translation>
    </message>
    <message>
        <source>cannot be opened</source>
        <translation>无法打开</translation>
    </message>
    <message>
        <source>opening…</source>
        <translation>正在打开…</translation>
    </message>
    <message>
        <source>evaluating models…</source>
        <translation>正在评估模型…</translation>
    </message>
    <message>
        <source>looking for disagreements…</source>
        <translation>正在查找分歧…</translation>
    </message>
</context>
<context>
    <name>BenchClocks</name>
    <message>
        <source>NPU</source>
        <translation>NPU</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>held</source>
        <translation>已锁定</translation>
    </message>
    <message>
        <source>steady, not held</source>
        <translation>稳定，未锁定</translation>
    </message>
    <message>
        <source>moved</source>
        <translation>有变动</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Clocks were not held ({clocks}): a part of it may come of that.</source>
        <translation>时钟未锁定（{clocks}）：部分差异可能由此而来。</translation>
    </message>
    <message>
        <source>Clocks moved ({clocks}): a part of it may come of that.</source>
        <translation>时钟有变动（{clocks}）：部分差异可能由此而来。</translation>
    </message>
</context>
<context>
    <name>BenchConditions</name>
    <message>
        <source>{length}, {warmup:g} s of warm-up, {repeats} times</source>
        <translation>{length}，预热 {warmup:g} 秒，重复 {repeats} 次</translation>
    </message>
    <message>
        <source>{count} CPU cores</source>
        <translation>{count} 个 CPU 核心</translation>
    </message>
    <message>
        <source>cut short: rows or repeats are missing</source>
        <translation>测试提前结束：缺少部分行或重复</translation>
    </message>
    <message>
        <source>{count} frames</source>
        <translation>{count} 帧</translation>
    </message>
    <message>
        <source>{seconds:g} s</source>
        <translation>{seconds:g} 秒</translation>
    </message>
    <message>
        <source>nothing was read</source>
        <translation>没有读取任何内容</translation>
    </message>
    <message>
        <source>{name}, at full speed</source>
        <translation>{name}，全速</translation>
    </message>
    <message>
        <source>{name}, at its own speed</source>
        <translation>{name}，原速</translation>
    </message>
    <message>
        <source>AP on {name} ({kind}), {pictures} pictures, {targets} targets</source>
        <translation>{name}（{kind}）上的 AP，{pictures} 张图片，{targets} 个目标</translation>
    </message>
    <message>
        <source>boxes as a run shows them (protocol {protocol})</source>
        <translation>框与运行时所显示的一样（规则 {protocol}）</translation>
    </message>
    <message>
        <source>agreement with {reference} on {pictures} pictures of {name}</source>
        <translation>在 {name} 的 {pictures} 张图片上与 {reference} 的一致率</translation>
    </message>
    <message>
        <source>it is not accuracy</source>
        <translation>这不是准确率</translation>
    </message>
    <message>
        <source>{length}, {warmup:g} s of warm-up, once</source>
        <translation>{length}，预热 {warmup:g} 秒，不重复</translation>
    </message>
    <message>
        <source>1 CPU core</source>
        <translation>1 个 CPU 核心</translation>
    </message>
</context>
<context>
    <name>BenchPanel</name>
    <message>
        <source>written: {path}</source>
        <translation>已保存：{path}</translation>
    </message>
    <message>
        <source>the table is on the clipboard, as Markdown</source>
        <translation>表格已以 Markdown 格式复制到剪贴板</translation>
    </message>
    <message>
        <source>reading the pictures</source>
        <translation>正在读取图片</translation>
    </message>
</context>
<context>
    <name>BenchPlots</name>
    <message>
        <source>Stages</source>
        <translation>各阶段耗时</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
</context>
<context>
    <name>BenchSetup</name>
    <message>
        <source>{number} of {total}: {model}, warming up</source>
        <translation>第 {number}/{total} 项：{model}，预热中</translation>
    </message>
    <message>
        <source>{number} of {total}: {model}</source>
        <translation>第 {number}/{total} 项：{model}</translation>
    </message>
    <message>
        <source>Models and sizes</source>
        <translation>模型和尺寸</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>None</source>
        <translation>全不选</translation>
    </message>
    <message>
        <source>model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>size</source>
        <translation>尺寸</translation>
    </message>
    <message>
        <source>type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>backend</source>
        <translation>后端</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>视频源</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Warm-up</source>
        <translation>预热</translation>
    </message>
    <message>
        <source>Repeats</source>
        <translation>重复</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>frames</source>
        <translation>帧</translation>
    </message>
    <message>
        <source>with frames every row is measured on the very same frames of a file</source>
        <translation>按帧数测量时，每一行使用文件中完全相同的帧</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>{name}, at its own speed</source>
        <translation>{name}，原速</translation>
    </message>
    <message>
        <source>{name}, at full speed</source>
        <translation>{name}，全速</translation>
    </message>
    <message>
        <source>agreement</source>
        <translation>一致率</translation>
    </message>
    <message>
        <source>{what}: getting ready</source>
        <translation>{what}：正在准备</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>what was measured stays</source>
        <translation>已测得的结果会保留</translation>
    </message>
    <message>
        <source>{what}: working out the figures</source>
        <translation>{what}：正在计算指标</translation>
    </message>
    <message>
        <source>{model}: {number} of {total}</source>
        <translation>{model}：{number} / {total}</translation>
    </message>
    <message>
        <source>{what}, pictures of all rows</source>
        <translation>{what}，所有行的图片</translation>
    </message>
    <message>
        <source>Tick at least one</source>
        <translation>请至少勾选一项</translation>
    </message>
</context>
<context>
    <name>BenchTable</name>
    <message>
        <source>backend</source>
        <translation>后端</translation>
    </message>
    <message>
        <source>input
pixels</source>
        <translation>输入
像素</translation>
    </message>
    <message>
        <source>fps</source>
        <translation>fps</translation>
    </message>
    <message>
        <source>fps, lowest
to highest</source>
        <translation>fps
最低至最高</translation>
    </message>
    <message>
        <source>infer
p50 ms</source>
        <translation>推理
p50 ms</translation>
    </message>
    <message>
        <source>infer
p95 ms</source>
        <translation>推理
p95 ms</translation>
    </message>
    <message>
        <source>latency
p50 ms</source>
        <translation>延迟
p50 ms</translation>
    </message>
    <message>
        <source>latency
p95 ms</source>
        <translation>延迟
p95 ms</translation>
    </message>
    <message>
        <source>CPU
%</source>
        <translation>CPU
%</translation>
    </message>
    <message>
        <source>CPU ms
per frame</source>
        <translation>每帧
CPU ms</translation>
    </message>
    <message>
        <source>memory
MB</source>
        <translation>内存
MB</translation>
    </message>
    <message>
        <source>NPU load
% per core</source>
        <translation>NPU 负载
各核 %</translation>
    </message>
    <message>
        <source>before
°C</source>
        <translation>测前
°C</translation>
    </message>
    <message>
        <source>after
°C</source>
        <translation>测后
°C</translation>
    </message>
    <message>
        <source>before
NPU MHz</source>
        <translation>测前
NPU MHz</translation>
    </message>
    <message>
        <source>after
NPU MHz</source>
        <translation>测后
NPU MHz</translation>
    </message>
    <message>
        <source>dropped</source>
        <translation>丢帧</translation>
    </message>
    <message>
        <source>boxes
per frame</source>
        <translation>每帧
目标数</translation>
    </message>
    <message>
        <source>mean of the repeats</source>
        <translation>多次重复的平均值</translation>
    </message>
    <message>
        <source>of the whole program; 100 is one core</source>
        <translation>整个程序的占用；100 表示一个核心</translation>
    </message>
    <message>
        <source>the most that the whole program held</source>
        <translation>整个程序占用的峰值</translation>
    </message>
    <message>
        <source>mean of the samples</source>
        <translation>采样平均值</translation>
    </message>
    <message>
        <source>frames that were not shown</source>
        <translation>没有显示的帧</translation>
    </message>
    <message>
        <source>{model} (failed)</source>
        <translation>{model}（失败）</translation>
    </message>
    <message>
        <source>{model} (throttled)</source>
        <translation>{model}（降频）</translation>
    </message>
    <message>
        <source>the NPU&apos;s clock was held back while this row was measured</source>
        <translation>测量此行时 NPU 被降频</translation>
    </message>
    <message>
        <source>{lowest} to {highest}</source>
        <translation>{lowest} 至 {highest}</translation>
    </message>
    <message>
        <source>from a frame&apos;s arrival to its boxes; as fast as possible, frames queue</source>
        <translation>从帧到达到画出检测框；全速读取时包括排队时间</translation>
    </message>
    <message>
        <source>boxes a frame,
other frames</source>
        <translation>每帧框数
（帧不同）</translation>
    </message>
    <message>
        <source>clocks</source>
        <translation>时钟</translation>
    </message>
    <message>
        <source>whether they stood still meanwhile</source>
        <translation>测量期间时钟是否保持不变</translation>
    </message>
    <message>
        <source>AP50-95
%</source>
        <translation>AP50-95
%</translation>
    </message>
    <message>
        <source>AP50
%</source>
        <translation>AP50
%</translation>
    </message>
    <message>
        <source>correct
at {confidence}</source>
        <translation>正确
阈值 {confidence}</translation>
    </message>
    <message>
        <source>false
at {confidence}</source>
        <translation>误检
阈值 {confidence}</translation>
    </message>
    <message>
        <source>missed
at {confidence}</source>
        <translation>漏检
阈值 {confidence}</translation>
    </message>
    <message>
        <source>agreement
%</source>
        <translation>一致率
%</translation>
    </message>
    <message>
        <source>both have
at {confidence}</source>
        <translation>两者都有
阈值 {confidence}</translation>
    </message>
    <message>
        <source>only it has
at {confidence}</source>
        <translation>仅它有
阈值 {confidence}</translation>
    </message>
    <message>
        <source>only the
reference has</source>
        <translation>仅参考
模型有</translation>
    </message>
    <message>
        <source>95 % of
the draws</source>
        <translation>95 % 的
抽样</translation>
    </message>
    <message>
        <source>average precision of the boxes that a run shows</source>
        <translation>运行时所显示的框的平均精度</translation>
    </message>
    <message>
        <source>targets that no box has found</source>
        <translation>没有任何框找到的目标</translation>
    </message>
    <message>
        <source>2 both / (boxes of one + boxes of the other); it is not accuracy</source>
        <translation>2 × 两者都有 /（一方的框 + 另一方的框）；这不是准确率</translation>
    </message>
    <message>
        <source>where AP or the agreement lies in 95 of 100 draws of the pictures</source>
        <translation>对图片重复抽样 100 次，其中 95 次 AP 或一致率所在的范围</translation>
    </message>
    <message>
        <source>reference</source>
        <translation>参考模型</translation>
    </message>
    <message>
        <source>{low} to {high} in 95 of 100 draws of the pictures</source>
        <translation>对图片重复抽样 100 次，其中 95 次在 {low} 到 {high} 之间</translation>
    </message>
</context>
<context>
    <name>Boxes</name>
    <message>
        <source>{name} {score:.2f}
{width} x {height} pixels</source>
        <translation>{name} {score:.2f}
{width} x {height} 像素</translation>
    </message>
    <message>
        <source>only {side}</source>
        <translation>仅 {side}</translation>
    </message>
    <message>
        <source>only {side} has it: {model}</source>
        <translation>只有 {side} 有：{model}</translation>
    </message>
</context>
<context>
    <name>ClassList</name>
    <message>
        <source>search a class</source>
        <translation>搜索类别</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>tick every class that the list shows</source>
        <translation>勾选列表中显示的所有类别</translation>
    </message>
    <message>
        <source>None</source>
        <translation>全不选</translation>
    </message>
    <message>
        <source>untick every class that the list shows</source>
        <translation>取消勾选列表中显示的所有类别</translation>
    </message>
</context>
<context>
    <name>CocoClasses</name>
    <message>
        <source>person</source>
        <translation>人</translation>
    </message>
    <message>
        <source>bicycle</source>
        <translation>自行车</translation>
    </message>
    <message>
        <source>car</source>
        <translation>汽车</translation>
    </message>
    <message>
        <source>motorcycle</source>
        <translation>摩托车</translation>
    </message>
    <message>
        <source>airplane</source>
        <translation>飞机</translation>
    </message>
    <message>
        <source>bus</source>
        <translation>公共汽车</translation>
    </message>
    <message>
        <source>train</source>
        <translation>火车</translation>
    </message>
    <message>
        <source>truck</source>
        <translation>卡车</translation>
    </message>
    <message>
        <source>boat</source>
        <translation>船</translation>
    </message>
    <message>
        <source>traffic light</source>
        <translation>红绿灯</translation>
    </message>
    <message>
        <source>fire hydrant</source>
        <translation>消防栓</translation>
    </message>
    <message>
        <source>stop sign</source>
        <translation>停车标志</translation>
    </message>
    <message>
        <source>parking meter</source>
        <translation>停车计时器</translation>
    </message>
    <message>
        <source>bench</source>
        <translation>长椅</translation>
    </message>
    <message>
        <source>bird</source>
        <translation>鸟</translation>
    </message>
    <message>
        <source>cat</source>
        <translation>猫</translation>
    </message>
    <message>
        <source>dog</source>
        <translation>狗</translation>
    </message>
    <message>
        <source>horse</source>
        <translation>马</translation>
    </message>
    <message>
        <source>sheep</source>
        <translation>羊</translation>
    </message>
    <message>
        <source>cow</source>
        <translation>牛</translation>
    </message>
    <message>
        <source>elephant</source>
        <translation>大象</translation>
    </message>
    <message>
        <source>bear</source>
        <translation>熊</translation>
    </message>
    <message>
        <source>zebra</source>
        <translation>斑马</translation>
    </message>
    <message>
        <source>giraffe</source>
        <translation>长颈鹿</translation>
    </message>
    <message>
        <source>backpack</source>
        <translation>双肩包</translation>
    </message>
    <message>
        <source>umbrella</source>
        <translation>雨伞</translation>
    </message>
    <message>
        <source>handbag</source>
        <translation>手提包</translation>
    </message>
    <message>
        <source>tie</source>
        <translation>领带</translation>
    </message>
    <message>
        <source>suitcase</source>
        <translation>行李箱</translation>
    </message>
    <message>
        <source>frisbee</source>
        <translation>飞盘</translation>
    </message>
    <message>
        <source>skis</source>
        <translation>滑雪板</translation>
    </message>
    <message>
        <source>snowboard</source>
        <translation>单板滑雪板</translation>
    </message>
    <message>
        <source>sports ball</source>
        <translation>球</translation>
    </message>
    <message>
        <source>kite</source>
        <translation>风筝</translation>
    </message>
    <message>
        <source>baseball bat</source>
        <translation>棒球棒</translation>
    </message>
    <message>
        <source>baseball glove</source>
        <translation>棒球手套</translation>
    </message>
    <message>
        <source>skateboard</source>
        <translation>滑板</translation>
    </message>
    <message>
        <source>surfboard</source>
        <translation>冲浪板</translation>
    </message>
    <message>
        <source>tennis racket</source>
        <translation>网球拍</translation>
    </message>
    <message>
        <source>bottle</source>
        <translation>瓶子</translation>
    </message>
    <message>
        <source>wine glass</source>
        <translation>酒杯</translation>
    </message>
    <message>
        <source>cup</source>
        <translation>杯子</translation>
    </message>
    <message>
        <source>fork</source>
        <translation>叉子</translation>
    </message>
    <message>
        <source>knife</source>
        <translation>刀</translation>
    </message>
    <message>
        <source>spoon</source>
        <translation>勺子</translation>
    </message>
    <message>
        <source>bowl</source>
        <translation>碗</translation>
    </message>
    <message>
        <source>banana</source>
        <translation>香蕉</translation>
    </message>
    <message>
        <source>apple</source>
        <translation>苹果</translation>
    </message>
    <message>
        <source>sandwich</source>
        <translation>三明治</translation>
    </message>
    <message>
        <source>orange</source>
        <translation>橙子</translation>
    </message>
    <message>
        <source>broccoli</source>
        <translation>西兰花</translation>
    </message>
    <message>
        <source>carrot</source>
        <translation>胡萝卜</translation>
    </message>
    <message>
        <source>hot dog</source>
        <translation>热狗</translation>
    </message>
    <message>
        <source>pizza</source>
        <translation>披萨</translation>
    </message>
    <message>
        <source>donut</source>
        <translation>甜甜圈</translation>
    </message>
    <message>
        <source>cake</source>
        <translation>蛋糕</translation>
    </message>
    <message>
        <source>chair</source>
        <translation>椅子</translation>
    </message>
    <message>
        <source>couch</source>
        <translation>沙发</translation>
    </message>
    <message>
        <source>potted plant</source>
        <translation>盆栽</translation>
    </message>
    <message>
        <source>bed</source>
        <translation>床</translation>
    </message>
    <message>
        <source>dining table</source>
        <translation>餐桌</translation>
    </message>
    <message>
        <source>toilet</source>
        <translation>马桶</translation>
    </message>
    <message>
        <source>tv</source>
        <translation>电视</translation>
    </message>
    <message>
        <source>laptop</source>
        <translation>笔记本电脑</translation>
    </message>
    <message>
        <source>mouse</source>
        <translation>鼠标</translation>
    </message>
    <message>
        <source>remote</source>
        <translation>遥控器</translation>
    </message>
    <message>
        <source>keyboard</source>
        <translation>键盘</translation>
    </message>
    <message>
        <source>cell phone</source>
        <translation>手机</translation>
    </message>
    <message>
        <source>microwave</source>
        <translation>微波炉</translation>
    </message>
    <message>
        <source>oven</source>
        <translation>烤箱</translation>
    </message>
    <message>
        <source>toaster</source>
        <translation>烤面包机</translation>
    </message>
    <message>
        <source>sink</source>
        <translation>水槽</translation>
    </message>
    <message>
        <source>refrigerator</source>
        <translation>冰箱</translation>
    </message>
    <message>
        <source>book</source>
        <translation>书</translation>
    </message>
    <message>
        <source>clock</source>
        <translation>时钟</translation>
    </message>
    <message>
        <source>vase</source>
        <translation>花瓶</translation>
    </message>
    <message>
        <source>scissors</source>
        <translation>剪刀</translation>
    </message>
    <message>
        <source>teddy bear</source>
        <translation>泰迪熊</translation>
    </message>
    <message>
        <source>hair drier</source>
        <translation>吹风机</translation>
    </message>
    <message>
        <source>toothbrush</source>
        <translation>牙刷</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>speed: {speed}</source>
        <translation>播放速度：{speed}</translation>
    </message>
    <message>
        <source>recording started</source>
        <translation>开始录制</translation>
    </message>
    <message>
        <source>no snapshot: there is no picture yet</source>
        <translation>无法截图：还没有画面</translation>
    </message>
    <message>
        <source>there is no model number {number}</source>
        <translation>没有第 {number} 个模型</translation>
    </message>
    <message>
        <source>there is no other size in this direction</source>
        <translation>已没有更小或更大的尺寸</translation>
    </message>
    <message>
        <source>snapshot written: {name}</source>
        <translation>已保存快照：{name}</translation>
    </message>
    <message>
        <source>recording finished: {name}</source>
        <translation>录制完成：{name}</translation>
    </message>
    <message>
        <source>play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>the camera is lost: there is nothing to pause</source>
        <translation>摄像头已断开：没有可暂停的画面</translation>
    </message>
    <message>
        <source>this is live: it has no frame after this one</source>
        <translation>这是实时画面：没有下一帧可跳</translation>
    </message>
    <message>
        <source>this is live: it has no frame before this one</source>
        <translation>这是实时画面：没有上一帧可退</translation>
    </message>
    <message>
        <source>this is live: there is no other place to go to</source>
        <translation>这是实时画面：无法跳到其他位置</translation>
    </message>
    <message>
        <source>this is live: it plays as it comes</source>
        <translation>这是实时画面：速度无法更改</translation>
    </message>
    <message>
        <source>this is live: it has no end to start over at</source>
        <translation>这是实时画面：没有结尾，无法循环</translation>
    </message>
    <message>
        <source>loop: on</source>
        <translation>循环：开</translation>
    </message>
    <message>
        <source>loop: off</source>
        <translation>循环：关</translation>
    </message>
    <message>
        <source>nothing is played now</source>
        <translation>当前没有播放</translation>
    </message>
    <message>
        <source>this picture has no tiles: start with --tiles 2x2</source>
        <translation>此画面没有分块：请用 --tiles 2x2 启动</translation>
    </message>
    <message>
        <source>zoom: {zoom}x</source>
        <translation>缩放：{zoom} 倍</translation>
    </message>
    <message>
        <source>this is for A|B: two models on the same picture</source>
        <translation>此项用于 A|B：同一画面上的两个模型</translation>
    </message>
    <message>
        <source>marks: on</source>
        <translation>标记：开</translation>
    </message>
    <message>
        <source>marks: off</source>
        <translation>标记：关</translation>
    </message>
    <message>
        <source>there is no other size for A|B</source>
        <translation>没有其他尺寸可用于 A|B</translation>
    </message>
</context>
<context>
    <name>DisagreementPanel</name>
    <message>
        <source>Frames</source>
        <translation>帧数</translation>
    </message>
    <message>
        <source>how many frames are looked at, evenly spread over the clip; all of a short one</source>
        <translation>检查多少帧，均匀分布在整个片段上；短片段则检查全部</translation>
    </message>
    <message>
        <source>model A, which is left of the divider</source>
        <translation>模型 A，在分隔线左侧</translation>
    </message>
    <message>
        <source>model B, which is right of the divider</source>
        <translation>模型 B，在分隔线右侧</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>上一处</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一处</translation>
    </message>
    <message>
        <source>disagreement before</source>
        <translation>上一处分歧</translation>
    </message>
    <message>
        <source>next disagreement</source>
        <translation>下一处分歧</translation>
    </message>
    <message>
        <source>Mark what only one has</source>
        <translation>标记独有的框</translation>
    </message>
    <message>
        <source>A|B: dashed boxes, on both sides of the divider, are of one model only</source>
        <translation>A|B：虚线框只有一个模型检出，在分隔线两侧都画出</translation>
    </message>
    <message>
        <source>a click shows that frame in A|B</source>
        <translation>单击即在 A|B 中显示该帧</translation>
    </message>
    <message>
        <source>opening…</source>
        <translation>正在打开…</translation>
    </message>
    <message>
        <source>{done} of {total} frames</source>
        <translation>第 {done} 帧，共 {total} 帧</translation>
    </message>
    <message>
        <source>cancelled: nothing of it is kept</source>
        <translation>已取消：不保留任何结果</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>This source is live: no frame of it can be gone back to. Record a clip, and open that.</source>
        <translation>这是实时画面：无法回到某一帧。请先录制一个片段，再打开它。</translation>
    </message>
    <message>
        <source>Open a clip first.</source>
        <translation>请先打开一个片段。</translation>
    </message>
    <message>
        <source>Choose two models or sizes.</source>
        <translation>请选择两个模型或尺寸。</translation>
    </message>
    <message>
        <source>A and B are the same: choose two models or sizes.</source>
        <translation>A 和 B 相同：请选择两个不同的模型或尺寸。</translation>
    </message>
    <message>
        <source>Where do the two differ most on this clip?</source>
        <translation>两者在此片段的哪些地方分歧最大？</translation>
    </message>
    <message>
        <source>The two have the same boxes on all {count} frames.</source>
        <translation>在全部 {count} 帧上，两者的检测框相同。</translation>
    </message>
    <message>
        <source>{moments} moments; {differing} of {count} frames differ.</source>
        <translation>{moments} 处；{count} 帧中有 {differing} 帧不同。</translation>
    </message>
    <message>
        <source>{count} frames between them were left out.</source>
        <translation>其间略过了 {count} 帧。</translation>
    </message>
    <message>
        <source>Not compared, as only one of them knows it: {names}.</source>
        <translation>未比较（只有一方认识的类别）：{names}。</translation>
    </message>
    <message>
        <source>1 moment; 1 of {count} frames differs.</source>
        <translation>1 处；{count} 帧中有 1 帧不同。</translation>
    </message>
    <message>
        <source>1 moment; {differing} of {count} frames differ.</source>
        <translation>1 处；{count} 帧中有 {differing} 帧不同。</translation>
    </message>
    <message>
        <source>1 frame between them was left out.</source>
        <translation>其间略过了 1 帧。</translation>
    </message>
    <message>
        <source>The inference of {count} of them failed.</source>
        <translation>其中 {count} 帧推理失败。</translation>
    </message>
</context>
<context>
    <name>Docks</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Boxes</source>
        <translation>检测框</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>录制</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Graph</source>
        <translation>曲线</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Disagreements</source>
        <translation>分歧</translation>
    </message>
</context>
<context>
    <name>DropHint</name>
    <message>
        <source>drop it to open it</source>
        <translation>松开即可打开</translation>
    </message>
</context>
<context>
    <name>ErrorKind</name>
    <message>
        <source>this is not right</source>
        <translation>设置不对</translation>
    </message>
    <message>
        <source>the source makes trouble</source>
        <translation>来源有问题</translation>
    </message>
    <message>
        <source>the source cannot be opened</source>
        <translation>无法打开来源</translation>
    </message>
    <message>
        <source>the source was lost</source>
        <translation>来源中断了</translation>
    </message>
    <message>
        <source>a picture cannot be decoded</source>
        <translation>有画面无法解码</translation>
    </message>
    <message>
        <source>the model makes trouble</source>
        <translation>模型有问题</translation>
    </message>
    <message>
        <source>there is no such model</source>
        <translation>没有这个模型</translation>
    </message>
    <message>
        <source>the model cannot be loaded</source>
        <translation>无法加载模型</translation>
    </message>
    <message>
        <source>the model does not fit</source>
        <translation>模型不匹配</translation>
    </message>
    <message>
        <source>what runs the model is not on this machine</source>
        <translation>本机没有运行该模型所需的组件</translation>
    </message>
    <message>
        <source>an inference failed</source>
        <translation>一次推理失败</translation>
    </message>
    <message>
        <source>a file makes trouble</source>
        <translation>文件有问题</translation>
    </message>
    <message>
        <source>a file cannot be created</source>
        <translation>无法创建文件</translation>
    </message>
    <message>
        <source>a file cannot be written further</source>
        <translation>文件无法继续写入</translation>
    </message>
    <message>
        <source>this is not possible now</source>
        <translation>现在做不到</translation>
    </message>
    <message>
        <source>the system gives no thread</source>
        <translation>系统无法创建线程</translation>
    </message>
    <message>
        <source>something does not end</source>
        <translation>有任务没有结束</translation>
    </message>
    <message>
        <source>this did not work</source>
        <translation>没有成功</translation>
    </message>
    <message>
        <source>{kind}: {words}</source>
        <translation>{kind}：{words}</translation>
    </message>
    <message>
        <source>something is still slow</source>
        <translation>有任务仍很慢</translation>
    </message>
</context>
<context>
    <name>EvalDesk</name>
    <message>
        <source>Evaluate…</source>
        <translation>评估…</translation>
    </message>
    <message>
        <source>how right models are, on labelled pictures</source>
        <translation>模型在已标注图片上有多准</translation>
    </message>
    <message>
        <source>the evaluation has ended without a report</source>
        <translation>评估已结束，没有报告</translation>
    </message>
    <message>
        <source>open report</source>
        <translation>打开报告</translation>
    </message>
    <message>
        <source>the evaluation is done</source>
        <translation>评估完成</translation>
    </message>
    <message>
        <source>nothing here opens a web page: open {page} elsewhere</source>
        <translation>此处没有可打开网页的程序：请在别处打开 {page}</translation>
    </message>
    <message>
        <source>{name} has no report yet: Start takes that evaluation up again</source>
        <translation>{name} 还没有报告：按“开始”接着评估</translation>
    </message>
</context>
<context>
    <name>EvalDialog</name>
    <message>
        <source>reading the labels…</source>
        <translation>正在读取标注…</translation>
    </message>
    <message>
        <source>stopped: Go on takes it up from here</source>
        <translation>已停止：按“继续”从此处接着评估</translation>
    </message>
    <message>
        <source>making the report…</source>
        <translation>正在生成报告…</translation>
    </message>
    <message>
        <source>picture {done} of {total}, {model}</source>
        <translation>第 {done} 张，共 {total} 张，{model}</translation>
    </message>
    <message>
        <source>Evaluate: how right models are</source>
        <translation>评估：模型有多准</translation>
    </message>
    <message>
        <source>Earlier reports</source>
        <translation>以前的报告</translation>
    </message>
    <message>
        <source>Open report</source>
        <translation>打开报告</translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Other folder…</source>
        <translation>其他文件夹…</translation>
    </message>
    <message>
        <source>Folder of a report</source>
        <translation>报告所在的文件夹</translation>
    </message>
    <message>
        <source>{count} pictures were left out: {named}</source>
        <translation>略过 {count} 张图片：{named}</translation>
    </message>
    <message>
        <source>{model} was not evaluated: {reason}</source>
        <translation>{model} 未评估：{reason}</translation>
    </message>
    <message>
        <source>{model}: no AP, faster-coco-eval is not installed</source>
        <translation>{model}：没有 AP，未安装 faster-coco-eval</translation>
    </message>
    <message>
        <source>{model}: AP {ap} as shown here, {coco} as COCO counts</source>
        <translation>{model}：AP {ap}（按此处所示），{coco}（按 COCO 算法）</translation>
    </message>
    <message>
        <source>Choose labelled pictures first: their labels, or their folder.</source>
        <translation>请先选择带标注的图片：标注文件或其文件夹。</translation>
    </message>
    <message>
        <source>Tick at least one model.</source>
        <translation>请至少勾选一个模型。</translation>
    </message>
    <message>
        <source>1 picture was left out: {named}</source>
        <translation>略过 1 张图片：{named}</translation>
    </message>
</context>
<context>
    <name>EvalForm</name>
    <message>
        <source>Thresholds</source>
        <translation>阈值</translation>
    </message>
    <message>
        <source>the thresholds are {text}: give numbers from 0 to 1</source>
        <translation>阈值为 {text}：请填 0 到 1 之间的数</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Models and sizes</source>
        <translation>模型和尺寸</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>NMS, IoU</source>
        <translation>NMS IoU</translation>
    </message>
    <message>
        <source>Same class</source>
        <translation>同一类别</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>文件…</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>a new folder among the videos</source>
        <translation>视频文件夹中的新文件夹</translation>
    </message>
    <message>
        <source>a folder that holds this evaluation already is taken up: its boxes are kept</source>
        <translation>如果文件夹里已有这次评估，则接着进行：已有的检测框会保留</translation>
    </message>
    <message>
        <source>correct, false and missed boxes are counted at each</source>
        <translation>在每个阈值下统计正确、误检和漏检</translation>
    </message>
    <message>
        <source>DATA=MODEL, such as tvmonitor=tv</source>
        <translation>数据=模型，例如 tvmonitor=tv</translation>
    </message>
    <message>
        <source>classes that have another name in the data and are one</source>
        <translation>数据中名称不同、其实相同的类别</translation>
    </message>
    <message>
        <source>NMS of the boxes that are counted; AP as COCO has it is always at 0.7</source>
        <translation>统计所用检测框的 NMS；COCO 算法的 AP 总是用 0.7</translation>
    </message>
    <message>
        <source>square inputs, as published figures</source>
        <translation>方形输入，与公布的指标一致</translation>
    </message>
    <message>
        <source>inputs that fit each picture, as here</source>
        <translation>适应每张图片的输入，与此窗口一致</translation>
    </message>
    <message>
        <source>AP is told both ways: as the window shows boxes, and as COCO counts them</source>
        <translation>AP 按两种方式给出：窗口显示的框，以及 COCO 算法的框</translation>
    </message>
    <message>
        <source>Labelled pictures</source>
        <translation>已标注的图片</translation>
    </message>
    <message>
        <source>Labels (*.json *.yaml *.yml *.xml)</source>
        <translation>标注 (*.json *.yaml *.yml *.xml)</translation>
    </message>
    <message>
        <source>Folder of the report</source>
        <translation>报告的文件夹</translation>
    </message>
    <message>
        <source>a JSON, a data.yaml, or a folder</source>
        <translation>JSON、data.yaml 或文件夹</translation>
    </message>
    <message>
        <source>COCO JSON, YOLO data.yaml, Pascal VOC or CVAT, or the folder of one of them</source>
        <translation>COCO JSON、YOLO data.yaml、Pascal VOC 或 CVAT，或其所在文件夹</translation>
    </message>
</context>
<context>
    <name>FetchNotice</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>fetch nothing</source>
        <translation>不再下载</translation>
    </message>
    <message>
        <source>fetching {name}: {done} of {total}</source>
        <translation>正在下载 {name}：{done} / {total}</translation>
    </message>
    <message>
        <source>fetching {name}</source>
        <translation>正在下载 {name}</translation>
    </message>
</context>
<context>
    <name>FoldingBar</name>
    <message>
        <source>more</source>
        <translation>更多</translation>
    </message>
</context>
<context>
    <name>FpsPlot</name>
    <message>
        <source>input, thousand pixels</source>
        <translation>输入（千像素）</translation>
    </message>
</context>
<context>
    <name>Hud</name>
    <message>
        <source>fps shown</source>
        <translation>显示帧率</translation>
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
    <message>
        <source>damaged</source>
        <translation>损坏</translation>
    </message>
    <message>
        <source>recording {time}, waits for the source</source>
        <translation>录制 {time}，等待视频源</translation>
    </message>
    <message>
        <source>source {fps} fps</source>
        <translation>视频源 {fps} fps</translation>
    </message>
    <message>
        <source>fps: pictures painted in a second</source>
        <translation>fps：每秒绘制的画面数</translation>
    </message>
    <message>
        <source>latency: from the arrival of a picture to the screen</source>
        <translation>延迟：从画面到达到显示在屏幕上</translation>
    </message>
    <message>
        <source>dropped: left out, as newer ones had come</source>
        <translation>丢帧：已有更新的画面，因此略过</translation>
    </message>
    <message>
        <source>late: ready only after a newer one</source>
        <translation>过期：在更新的画面之后才完成</translation>
    </message>
    <message>
        <source>H shows less or more; drag this to another corner</source>
        <translation>按 H 显示更少或更多；可拖到其他角落</translation>
    </message>
    <message>
        <source>lost</source>
        <translation>断流</translation>
    </message>
    <message>
        <source>throttled</source>
        <translation>降频</translation>
    </message>
    <message>
        <source>lost packets</source>
        <translation>丢包</translation>
    </message>
    <message>
        <source>video</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>fan</source>
        <translation>风扇</translation>
    </message>
    <message>
        <source>person 3/12: so many are numbered now, and were so far</source>
        <translation>人 3/12：现在有编号的数目，以及至今的总数</translation>
    </message>
    <message>
        <source>others</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>painted by the CPU</source>
        <translation>由 CPU 绘制</translation>
    </message>
    <message>
        <source>painted by the GPU: {name}</source>
        <translation>由 GPU 绘制：{name}</translation>
    </message>
    <message>
        <source>RGA, video, GPU: how busy they are, of several cores the busiest</source>
        <translation>RGA、视频、GPU：忙碌程度，多个核心时取最忙的一个</translation>
    </message>
    <message>
        <source>1 frame left out</source>
        <translation>漏录 1 帧</translation>
    </message>
    <message>
        <source>scaled by RGA, painted by the CPU</source>
        <translation>由 RGA 缩放，由 CPU 绘制</translation>
    </message>
</context>
<context>
    <name>Keys</name>
    <message>
        <source>start and end a recording</source>
        <translation>开始 / 停止录制</translation>
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
        <source>quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>pause, go on, play again</source>
        <translation>暂停 / 继续 / 重播</translation>
    </message>
    <message>
        <source>next frame</source>
        <translation>下一帧</translation>
    </message>
    <message>
        <source>5 s back</source>
        <translation>后退 5 秒</translation>
    </message>
    <message>
        <source>5 s ahead</source>
        <translation>前进 5 秒</translation>
    </message>
    <message>
        <source>30 s back</source>
        <translation>后退 30 秒</translation>
    </message>
    <message>
        <source>30 s ahead</source>
        <translation>前进 30 秒</translation>
    </message>
    <message>
        <source>slower</source>
        <translation>减速</translation>
    </message>
    <message>
        <source>faster</source>
        <translation>加速</translation>
    </message>
    <message>
        <source>loop</source>
        <translation>循环播放</translation>
    </message>
    <message>
        <source>snapshot with boxes</source>
        <translation>截图（带检测框）</translation>
    </message>
    <message>
        <source>snapshot without</source>
        <translation>截图（原画面）</translation>
    </message>
    <message>
        <source>model of that row</source>
        <translation>选用该行的模型</translation>
    </message>
    <message>
        <source>one size down</source>
        <translation>小一级尺寸</translation>
    </message>
    <message>
        <source>one size up</source>
        <translation>大一级尺寸</translation>
    </message>
    <message>
        <source>A|B with the next size</source>
        <translation>A|B：相邻尺寸</translation>
    </message>
    <message>
        <source>models</source>
        <translation>模型面板</translation>
    </message>
    <message>
        <source>boxes and classes</source>
        <translation>检测框和类别</translation>
    </message>
    <message>
        <source>compare models</source>
        <translation>模型对比</translation>
    </message>
    <message>
        <source>graph of the last minute</source>
        <translation>最近一分钟曲线</translation>
    </message>
    <message>
        <source>whole picture</source>
        <translation>完整画面</translation>
    </message>
    <message>
        <source>open a file</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>type an address</source>
        <translation>输入地址</translation>
    </message>
    <message>
        <source>figures: none, one line, all</source>
        <translation>指标：无、一行、全部</translation>
    </message>
    <message>
        <source>frame before</source>
        <translation>上一帧</translation>
    </message>
    <message>
        <source>settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>start page: what to watch</source>
        <translation>起始页：看什么</translation>
    </message>
    <message>
        <source>seams of the tiles</source>
        <translation>分块的接缝</translation>
    </message>
    <message>
        <source>list of keys</source>
        <translation>快捷键列表</translation>
    </message>
    <message>
        <source>A|B: mark what only one has</source>
        <translation>A|B：标记独有的框</translation>
    </message>
    <message>
        <source>next disagreement</source>
        <translation>下一处分歧</translation>
    </message>
    <message>
        <source>disagreement before</source>
        <translation>上一处分歧</translation>
    </message>
    <message>
        <source>where two models differ</source>
        <translation>两个模型的分歧</translation>
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
    <name>LanguageMenu</name>
    <message>
        <source>language</source>
        <translation>语言 (Language)</translation>
    </message>
    <message>
        <source>as the system</source>
        <translation>跟随系统</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>closing…</source>
        <translation>正在关闭…</translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <source>numbers in {precision}; runs on {backend}; licence: {licence}</source>
        <translation>数值类型 {precision}；由 {backend} 运行；许可证：{licence}</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>in memory: {model}</source>
        <translation>内存中：{model}</translation>
    </message>
</context>
<context>
    <name>ModelsPanel</name>
    <message>
        <source>loading {model}…</source>
        <translation>正在加载 {model}…</translation>
    </message>
    <message>
        <source>search a model</source>
        <translation>搜索模型</translation>
    </message>
    <message>
        <source>look for models again</source>
        <translation>重新查找模型</translation>
    </message>
    <message>
        <source>Add a model</source>
        <translation>添加模型</translation>
    </message>
    <message>
        <source>Models ({kinds})</source>
        <translation>模型 ({kinds})</translation>
    </message>
    <message>
        <source>a name, a size, a type of numbers or a backend</source>
        <translation>名称、尺寸、数值类型或后端</translation>
    </message>
    <message>
        <source>then click the size that shall be seen beside the one in use</source>
        <translation>再点要与当前模型并排看的尺寸</translation>
    </message>
    <message>
        <source>Add model…</source>
        <translation>添加模型…</translation>
    </message>
    <message>
        <source>an .onnx or .rknn file; it can be dropped on the window too</source>
        <translation>.onnx 或 .rknn 文件；也可以拖进窗口</translation>
    </message>
    <message>
        <source>Fetch</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>models that can be downloaded</source>
        <translation>可以下载的模型</translation>
    </message>
</context>
<context>
    <name>MomentList</name>
    <message>
        <source>A box counts by how far its score is above the threshold of {confidence}; the frame with the largest sum comes first.</source>
        <translation>每个框按其得分超出阈值 {confidence} 的程度计入；总和最大的帧排在最前。</translation>
    </message>
    <message>
        <source>differs by {weight}, both have {both}</source>
        <translation>分歧 {weight}，两者共有 {both} 个框</translation>
    </message>
    <message>
        <source>{count} frames of the same moment differ less</source>
        <translation>同一时刻另有 {count} 帧分歧较小</translation>
    </message>
    <message>
        <source>{count} only in {model}</source>
        <translation>{count} 个仅 {model} 有</translation>
    </message>
    <message>
        <source>1 frame of the same moment differs less</source>
        <translation>同一时刻另有 1 帧分歧较小</translation>
    </message>
</context>
<context>
    <name>Opening</name>
    <message>
        <source>this is the demo clip</source>
        <translation>这是演示片段</translation>
    </message>
    <message>
        <source>watch something else…</source>
        <translation>观看其他内容…</translation>
    </message>
</context>
<context>
    <name>ParetoPlot</name>
    <message>
        <source>AP or agreement against fps: nothing was measured that has both yet</source>
        <translation>AP 或一致率与 fps：还没有测得同时具备两者的结果</translation>
    </message>
    <message>
        <source>agreement, %</source>
        <translation>一致率，%</translation>
    </message>
    <message>
        <source>the line joins the rows that no other one beats in both: take one of them</source>
        <translation>连线上的各行在两方面都不被其他行超过：从中选择一个</translation>
    </message>
</context>
<context>
    <name>Pill</name>
    <message>
        <source>REC {time}</source>
        <translation>录制 {time}</translation>
    </message>
    <message>
        <source>waits for the camera</source>
        <translation>等待摄像头</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
</context>
<context>
    <name>Player</name>
    <message>
        <source>nothing is played now: open a source first</source>
        <translation>当前没有播放：请先打开视频源</translation>
    </message>
</context>
<context>
    <name>QualitySetup</name>
    <message>
        <source>there is no stronger model to agree with</source>
        <translation>没有可作参考的更强模型</translation>
    </message>
    <message>
        <source>choose the folder of labelled pictures first</source>
        <translation>请先选择带标注图片的文件夹</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>参考</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片数</translation>
    </message>
    <message>
        <source>AP on labelled data, or agreement with a stronger model: not accuracy</source>
        <translation>标注数据上的 AP，或与更强模型的一致率（不是准确率）</translation>
    </message>
    <message>
        <source>COCO, YOLO, VOC or CVAT</source>
        <translation>COCO、YOLO、VOC 或 CVAT</translation>
    </message>
    <message>
        <source>choose labelled data</source>
        <translation>选择标注数据</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>文件…</translation>
    </message>
    <message>
        <source>at most so many, evenly spread</source>
        <translation>最多这么多张，均匀选取</translation>
    </message>
    <message>
        <source>fps only</source>
        <translation>仅 fps</translation>
    </message>
    <message>
        <source>AP on labelled data</source>
        <translation>标注数据上的 AP</translation>
    </message>
    <message>
        <source>agreement with {model} on this clip</source>
        <translation>在此视频上与 {model} 的一致率</translation>
    </message>
    <message>
        <source>agreement: needs a clip</source>
        <translation>一致率：需要视频文件</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Labelled data</source>
        <translation>标注数据</translation>
    </message>
    <message>
        <source>Labels (*.json *.yaml *.yml *.xml)</source>
        <translation>标注 (*.json *.yaml *.yml *.xml)</translation>
    </message>
</context>
<context>
    <name>RateGraph</name>
    <message>
        <source>fps shown</source>
        <translation>显示帧率</translation>
    </message>
    <message>
        <source>latency (ms)</source>
        <translation>延迟 (ms)</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation>秒</translation>
    </message>
</context>
<context>
    <name>RecordPanel</name>
    <message>
        <source>with boxes</source>
        <translation>带检测框</translation>
    </message>
    <message>
        <source>without boxes</source>
        <translation>原画面</translation>
    </message>
    <message>
        <source>both, in two files</source>
        <translation>两者都录（两个文件）</translation>
    </message>
    <message>
        <source>low, small files</source>
        <translation>低（文件小）</translation>
    </message>
    <message>
        <source>medium</source>
        <translation>中</translation>
    </message>
    <message>
        <source>high, large files</source>
        <translation>高（文件大）</translation>
    </message>
    <message>
        <source>Folder of recordings</source>
        <translation>录像文件夹</translation>
    </message>
    <message>
        <source>videos folder</source>
        <translation>视频文件夹</translation>
    </message>
    <message>
        <source>Start recording</source>
        <translation>开始录制</translation>
    </message>
    <message>
        <source>not recording</source>
        <translation>未在录制</translation>
    </message>
    <message>
        <source>Stop recording</source>
        <translation>停止录制</translation>
    </message>
    <message>
        <source>{count} frames are missing</source>
        <translation>缺少 {count} 帧</translation>
    </message>
    <message>
        <source>Next recording</source>
        <translation>下次录制</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>画面</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>画质</translation>
    </message>
    <message>
        <source>Figures in the clip</source>
        <translation>在录像中显示指标</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>record to the videos folder</source>
        <translation>录制到视频文件夹</translation>
    </message>
    <message>
        <source>frames that are not in the files: the disk or the encoder was too slow</source>
        <translation>没有写入文件的帧：磁盘或编码器太慢</translation>
    </message>
    <message>
        <source>Snapshot</source>
        <translation>截图</translation>
    </message>
    <message>
        <source>With boxes</source>
        <translation>带检测框</translation>
    </message>
    <message>
        <source>Without</source>
        <translation>原画面</translation>
    </message>
    <message>
        <source>the picture without boxes</source>
        <translation>不带检测框的画面</translation>
    </message>
    <message>
        <source>1 frame is missing</source>
        <translation>缺少 1 帧</translation>
    </message>
</context>
<context>
    <name>ReportDesk</name>
    <message>
        <source>Disagreements…</source>
        <translation>分歧…</translation>
    </message>
    <message>
        <source>where the two rows that are selected, or ticked, differ on this clip</source>
        <translation>选中（或勾选）的两行在此片段上的分歧</translation>
    </message>
    <message>
        <source>nothing is listed yet: look for disagreements first</source>
        <translation>列表还是空的：请先查找分歧</translation>
    </message>
    <message>
        <source>this is the last disagreement of the list</source>
        <translation>这是列表中的最后一处分歧</translation>
    </message>
    <message>
        <source>this is the first disagreement of the list</source>
        <translation>这是列表中的第一处分歧</translation>
    </message>
    <message>
        <source>something else is being measured: wait for it, or cancel it</source>
        <translation>正在进行其他测量：请等待，或先取消</translation>
    </message>
</context>
<context>
    <name>ResultBar</name>
    <message>
        <source>Open…</source>
        <translation>打开…</translation>
    </message>
    <message>
        <source>lay an earlier result beside this one, as run B</source>
        <translation>打开以前的结果作为 B，与当前结果并排对比</translation>
    </message>
    <message>
        <source>Keep as B</source>
        <translation>保留为 B</translation>
    </message>
    <message>
        <source>lay the next run beside this one</source>
        <translation>把当前结果保留为 B，与下一次结果对比</translation>
    </message>
    <message>
        <source>Close B</source>
        <translation>关闭 B</translation>
    </message>
    <message>
        <source>More columns</source>
        <translation>更多列</translation>
    </message>
    <message>
        <source>show every figure, not only what decides</source>
        <translation>显示所有指标，而不只是关键指标</translation>
    </message>
    <message>
        <source>Open report</source>
        <translation>打开报告</translation>
    </message>
    <message>
        <source>write the report of this result among the videos, and open its page</source>
        <translation>把此结果的报告写入视频文件夹，并打开其页面</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>copy the table as Markdown</source>
        <translation>将表格复制为 Markdown</translation>
    </message>
    <message>
        <source>export as {kind}</source>
        <translation>导出为 {kind}</translation>
    </message>
    <message>
        <source>Open the result of a bench</source>
        <translation>打开测试结果</translation>
    </message>
    <message>
        <source>Results of a bench (*.json)</source>
        <translation>测试结果 (*.json)</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
</context>
<context>
    <name>ResultWords</name>
    <message>
        <source>last result: {when}, {source}</source>
        <translation>上次结果：{when}，{source}</translation>
    </message>
</context>
<context>
    <name>Sentence</name>
    <message>
        <source>{fast} is {factor} times as fast as {slow}.</source>
        <translation>{fast} 的速度是 {slow} 的 {factor} 倍。</translation>
    </message>
    <message>
        <source>{fast} finds {few} boxes a frame, {slow} {many}.</source>
        <translation>{fast} 每帧检出 {few} 个框，{slow} 为 {many} 个。</translation>
    </message>
    <message>
        <source>They saw other frames.</source>
        <translation>二者所见的帧不同。</translation>
    </message>
    <message>
        <source>{row} is {factor} times as fast as {other} and {quality}.</source>
        <translation>{row} 的速度是 {other} 的 {factor} 倍，{quality}。</translation>
    </message>
    <message>
        <source>misses as many (confidence {confidence})</source>
        <translation>漏检一样多（置信度 {confidence}）</translation>
    </message>
    <message>
        <source>misses {count} of 100 more (confidence {confidence})</source>
        <translation>每 100 个目标多漏检 {count} 个（置信度 {confidence}）</translation>
    </message>
    <message>
        <source>misses {count} of 100 fewer (confidence {confidence})</source>
        <translation>每 100 个目标少漏检 {count} 个（置信度 {confidence}）</translation>
    </message>
    <message>
        <source>agrees as much with the reference</source>
        <translation>与参考模型同样一致</translation>
    </message>
    <message>
        <source>agrees {count} of 100 more with the reference</source>
        <translation>与参考模型的一致率高 {count} 个百分点</translation>
    </message>
    <message>
        <source>agrees {count} of 100 less with the reference</source>
        <translation>与参考模型的一致率低 {count} 个百分点</translation>
    </message>
</context>
<context>
    <name>SettingsDesk</name>
    <message>
        <source>{key} is taken: {words}</source>
        <translation>{key} 已被占用：{words}</translation>
    </message>
    <message>
        <source>open folder</source>
        <translation>打开文件夹</translation>
    </message>
</context>
<context>
    <name>SettingsPanel</name>
    <message>
        <source>the last source</source>
        <translation>上次的来源</translation>
    </message>
    <message>
        <source>the start page</source>
        <translation>起始页</translation>
    </message>
    <message>
        <source>none</source>
        <translation>不显示</translation>
    </message>
    <message>
        <source>one line</source>
        <translation>一行</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>click, then press the key</source>
        <translation>点一下，再按键</translation>
    </message>
    <message>
        <source>Folder of recordings and snapshots</source>
        <translation>录像和截图的文件夹</translation>
    </message>
    <message>
        <source>videos folder</source>
        <translation>视频文件夹</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Begin with</source>
        <translation>启动时</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Clips go to</source>
        <translation>录像保存到</translation>
    </message>
    <message>
        <source>as the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Calm boxes</source>
        <translation>平稳的检测框</translation>
    </message>
    <message>
        <source>boxes follow their objects smoothly; never in files</source>
        <translation>检测框平稳地跟随物体；不影响文件</translation>
    </message>
    <message>
        <source>Number the objects</source>
        <translation>给物体编号</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>The usual keys</source>
        <translation>恢复默认按键</translation>
    </message>
    <message>
        <source>each object keeps a number while it is seen</source>
        <translation>每个物体在可见期间保持一个编号</translation>
    </message>
    <message>
        <source>Show their trails</source>
        <translation>显示轨迹</translation>
    </message>
    <message>
        <source>where numbered objects stood in the last two seconds</source>
        <translation>有编号的物体最近两秒走过的位置</translation>
    </message>
    <message>
        <source>the GPU where it is exact</source>
        <translation>GPU（结果准确时）</translation>
    </message>
    <message>
        <source>the CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Scaled and coloured by</source>
        <translation>缩放与着色由</translation>
    </message>
    <message>
        <source>from the next start on</source>
        <translation>下次启动起生效</translation>
    </message>
</context>
<context>
    <name>Sides</name>
    <message>
        <source>boxes {count}</source>
        <translation>目标 {count}</translation>
    </message>
    <message>
        <source>infer {ms} ms</source>
        <translation>推理 {ms} ms</translation>
    </message>
</context>
<context>
    <name>SizeChip</name>
    <message>
        <source>not measured here yet: Compare does</source>
        <translation>这里还没测过：可用“对比”来测</translation>
    </message>
    <message>
        <source>key {number}</source>
        <translation>按键 {number}</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>is being loaded</source>
        <translation>正在加载</translation>
    </message>
</context>
<context>
    <name>SourceBar</name>
    <message>
        <source>remember the password</source>
        <translation>记住密码</translation>
    </message>
    <message>
        <source>no camera found: plug one in</source>
        <translation>没有找到摄像头：请接入</translation>
    </message>
    <message>
        <source>Open a video</source>
        <translation>打开视频</translation>
    </message>
    <message>
        <source>Videos</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>address or file</source>
        <translation>地址或文件</translation>
    </message>
    <message>
        <source>the source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>watched before, files, cameras</source>
        <translation>看过的、文件、摄像头</translation>
    </message>
    <message>
        <source>Open a file…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Start page</source>
        <translation>起始页</translation>
    </message>
    <message>
        <source>start page: what to watch</source>
        <translation>起始页：看什么</translation>
    </message>
    <message>
        <source>store it in a file that only you can read</source>
        <translation>存到只有你能读的文件里</translation>
    </message>
</context>
<context>
    <name>SourceDesk</name>
    <message>
        <source>{source} cannot be opened, the picture before goes on: {reason}</source>
        <translation>无法打开 {source}，继续播放之前的画面：{reason}</translation>
    </message>
    <message>
        <source>{source} is opened once what is being measured is over</source>
        <translation>测量结束后打开 {source}</translation>
    </message>
    <message>
        <source>{number} were dropped, one is taken: {name}</source>
        <translation>拖入了 {number} 项，只打开一项：{name}</translation>
    </message>
</context>
<context>
    <name>StagePlot</name>
    <message>
        <source>p50 of each stage, ms</source>
        <translation>各阶段 p50 (ms)</translation>
    </message>
</context>
<context>
    <name>Stages</name>
    <message>
        <source>read</source>
        <translation>读取</translation>
    </message>
    <message>
        <source>decode</source>
        <translation>解码</translation>
    </message>
    <message>
        <source>wait</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>preprocess</source>
        <translation>预处理</translation>
    </message>
    <message>
        <source>infer</source>
        <translation>推理</translation>
    </message>
    <message>
        <source>postprocess</source>
        <translation>后处理</translation>
    </message>
    <message>
        <source>reorder</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>sink</source>
        <translation>写出</translation>
    </message>
    <message>
        <source>paint</source>
        <translation>绘制</translation>
    </message>
    <message>
        <source>from the arrival of its data to the decoder</source>
        <translation>从数据到达到解码器</translation>
    </message>
    <message>
        <source>from the packet to a picture</source>
        <translation>从数据包到画面</translation>
    </message>
    <message>
        <source>in the queue, and for a core that is free</source>
        <translation>排队并等待空闲核心</translation>
    </message>
    <message>
        <source>from the picture to the input of the model</source>
        <translation>从画面到模型输入</translation>
    </message>
    <message>
        <source>the model itself</source>
        <translation>模型本身</translation>
    </message>
    <message>
        <source>from its outputs to boxes</source>
        <translation>从模型输出到检测框</translation>
    </message>
    <message>
        <source>for the pictures before this one</source>
        <translation>等待前面的画面</translation>
    </message>
    <message>
        <source>for a recording that is slow</source>
        <translation>等待较慢的录制</translation>
    </message>
    <message>
        <source>from the picture to the screen</source>
        <translation>从画面到屏幕</translation>
    </message>
</context>
<context>
    <name>StartPage</name>
    <message>
        <source>Open a file…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>a video file</source>
        <translation>一个视频文件</translation>
    </message>
    <message>
        <source>Demo</source>
        <translation>演示</translation>
    </message>
    <message>
        <source>a short clip of a street</source>
        <translation>一小段街景</translation>
    </message>
    <message>
        <source>What do you want to watch?</source>
        <translation>想看什么？</translation>
    </message>
    <message>
        <source>Or drop a video, a folder of pictures or an address here.</source>
        <translation>也可以把视频、图片文件夹或地址拖到这里。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Watched before</source>
        <translation>看过的</translation>
    </message>
    <message>
        <source>address or file</source>
        <translation>地址或文件</translation>
    </message>
    <message>
        <source>rtsp://, http:// and others, a file, a folder, a camera</source>
        <translation>rtsp://、http:// 等地址，或文件、文件夹、摄像头</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>take the address from the clipboard</source>
        <translation>取剪贴板里的地址</translation>
    </message>
    <message>
        <source>Watch</source>
        <translation>观看</translation>
    </message>
    <message>
        <source>open the address</source>
        <translation>打开这个地址</translation>
    </message>
    <message>
        <source>back to the picture</source>
        <translation>回到画面</translation>
    </message>
</context>
<context>
    <name>TimeLeft</name>
    <message>
        <source>{told}, {time} left</source>
        <translation>{told}，剩余 {time}</translation>
    </message>
</context>
<context>
    <name>TransportBar</name>
    <message>
        <source>speed (- and =)</source>
        <translation>播放速度 (- 和 =)</translation>
    </message>
    <message>
        <source>as fast as the model is</source>
        <translation>模型能多快就多快</translation>
    </message>
    <message>
        <source>fastest</source>
        <translation>全速</translation>
    </message>
    <message>
        <source>back to live</source>
        <translation>回到实时</translation>
    </message>
    <message>
        <source>pause and go on</source>
        <translation>暂停 / 继续</translation>
    </message>
    <message>
        <source>frame before</source>
        <translation>上一帧</translation>
    </message>
    <message>
        <source>next frame</source>
        <translation>下一帧</translation>
    </message>
    <message>
        <source>start over at the end</source>
        <translation>结束后从头播放</translation>
    </message>
    <message>
        <source>start and end a recording</source>
        <translation>开始 / 停止录制</translation>
    </message>
    <message>
        <source>snapshot with boxes</source>
        <translation>快照（带检测框）</translation>
    </message>
    <message>
        <source>model and size</source>
        <translation>模型与尺寸</translation>
    </message>
    <message>
        <source>A|B: two sizes on the same picture</source>
        <translation>A|B：同一画面上的两种尺寸</translation>
    </message>
    <message>
        <source>figures: none, one line, all</source>
        <translation>指标：无、一行、全部</translation>
    </message>
    <message>
        <source>full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>panels</source>
        <translation>面板</translation>
    </message>
    <message>
        <source>everything, with its keys</source>
        <translation>全部功能及按键</translation>
    </message>
</context>
<context>
    <name>TuningPanel</name>
    <message>
        <source>name and score</source>
        <translation>名称和置信度</translation>
    </message>
    <message>
        <source>name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>score</source>
        <translation>置信度</translation>
    </message>
    <message>
        <source>no label</source>
        <translation>不显示</translation>
    </message>
    <message>
        <source>Boxes</source>
        <translation>检测</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>置信度阈值</translation>
    </message>
    <message>
        <source>boxes with a lower score are not shown</source>
        <translation>置信度更低的检测框不显示</translation>
    </message>
    <message>
        <source>IoU</source>
        <translation>IoU</translation>
    </message>
    <message>
        <source>of two boxes that overlap by more, the better one is kept</source>
        <translation>两个框重叠超过此值时，只保留较好的一个</translation>
    </message>
    <message>
        <source>Most boxes</source>
        <translation>最多目标数</translation>
    </message>
    <message>
        <source>the best ones of a picture</source>
        <translation>每帧只保留最好的这些</translation>
    </message>
    <message>
        <source>Class-agnostic NMS</source>
        <translation>跨类别 NMS</translation>
    </message>
    <message>
        <source>of two boxes that overlap the better one is kept, whatever their classes</source>
        <translation>两个框重叠时只保留较好的一个，不论类别</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>线宽</translation>
    </message>
    <message>
        <source>thickness of the boxes&apos; lines</source>
        <translation>检测框的线宽</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>指标大小</translation>
    </message>
    <message>
        <source>size of the figures</source>
        <translation>画面指标的大小</translation>
    </message>
    <message>
        <source>Back to defaults</source>
        <translation>恢复默认</translation>
    </message>
</context>
<context>
    <name>WindowMenu</name>
    <message>
        <source>Model and size</source>
        <translation>模型与尺寸</translation>
    </message>
    <message>
        <source>Panels</source>
        <translation>面板</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Boxes</source>
        <translation>检测框</translation>
    </message>
    <message>
        <source>None is known yet</source>
        <translation>尚无可用模型</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>One line</source>
        <translation>一行</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Calm: less sharp, steadier</source>
        <translation>平稳：更稳定，略有滞后</translation>
    </message>
    <message>
        <source>Number the objects</source>
        <translation>给物体编号</translation>
    </message>
    <message>
        <source>Trails of numbered objects</source>
        <translation>有编号物体的轨迹</translation>
    </message>
</context>
<context>
    <name>WindowParts</name>
    <message>
        <source>no recording: nothing is played now</source>
        <translation>无法录制：当前没有播放</translation>
    </message>
</context>
<context>
    <name>Wiring</name>
    <message>
        <source>{name} is one of the models now</source>
        <translation>{name} 已加入模型</translation>
    </message>
    <message>
        <source>a comparison is running: Q once more ends it</source>
        <translation>正在对比：再按一次 Q 将结束对比</translation>
    </message>
    <message>
        <source>an evaluation is running: Q once more ends it, its boxes are kept</source>
        <translation>评估正在进行：再按一次 Q 将结束评估，已得到的检测框会保留</translation>
    </message>
    <message>
        <source>a search for disagreements is running: Q once more ends it</source>
        <translation>正在查找分歧：再按一次 Q 将结束查找</translation>
    </message>
</context>
</TS>
