// expect: output {"\ufffd":["a\ufffd","\ufffdb","\ufffd\ufffd","😀","\\ud800"]}
// JSON.stringify writes half of a pair as an escape, which is JSON; but no reader of .NET gives it as text.
export default () => ({ "\ud800": ["a\ud800", "\udc00b", "\udc00\ud800", "\ud83d\ude00", "\\ud800"] });
