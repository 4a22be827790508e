namespace Jobs.Local.Commands;

/// <summary>The demo's widget was not built or not published; the message says why, in the app's own words.</summary>
internal sealed class DemoFailedException(string message) : Exception(message);
