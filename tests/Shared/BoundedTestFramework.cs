using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Jobs.Testing;

/// <summary>
/// Gives every asynchronous test that names no limit of its own <see cref="Limit"/>: one that hangs fails by itself, with its name. A test that blocks its thread is ended by
/// the hang timeout of the test command, which only notices when nothing else runs.
/// </summary>
public sealed class BoundedTestFramework(IMessageSink messageSink) : XunitTestFramework(messageSink)
{
    /// <summary>What the slowest test takes on a busy machine, several times over, and less than the two minutes in which a hang must be named.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(110);

    // xunit lets only a test's own attribute set it.
    private static readonly PropertyInfo Timeout = typeof(XunitTestCase).GetProperty(nameof(XunitTestCase.Timeout))!;

    /// <inheritdoc/>
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) =>
        new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    /// <summary>Gives the limit to each of these that is asynchronous and has none.</summary>
    internal static void Bound(IEnumerable<IXunitTestCase> testCases)
    {
        foreach (var testCase in testCases.OfType<XunitTestCase>().Where(testCase => testCase.Timeout == 0 && IsAsynchronous(testCase)))
        {
            Timeout.SetValue(testCase, (int)Limit.TotalMilliseconds);
        }
    }

    private static bool IsAsynchronous(XunitTestCase testCase) => typeof(Task).IsAssignableFrom(testCase.TestMethod.Method.ReturnType.ToRuntimeType());

    private sealed class Executor(AssemblyName assemblyName, ISourceInformationProvider sources, IMessageSink diagnostics)
        : XunitTestFrameworkExecutor(assemblyName, sources, diagnostics)
    {
        protected override void RunTestCases(IEnumerable<IXunitTestCase> testCases, IMessageSink executionMessageSink, ITestFrameworkExecutionOptions executionOptions)
        {
            var bounded = testCases.ToList();
            Bound(bounded);
            base.RunTestCases(bounded, executionMessageSink, executionOptions);
        }
    }
}
