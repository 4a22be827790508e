using Jobs.Domain.Compilation;
using Jobs.Domain.Repositories;
using Jobs.Domain.Sandbox;
using Jobs.Execution.Checks;
using Jobs.Execution.Compilation;
using Jobs.Execution.Isolation;
using Jobs.Execution.Reading;
using Jobs.Execution.Sandbox;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Health;

/// <summary>One kind of work that is done in a jail.</summary>
/// <param name="Name">Its name, as <c>/health/ready</c> shows it.</param>
/// <param name="Level">How strictly it is isolated here; null as long as that was not tried.</param>
/// <param name="PrepareAsync">Tries it. Throws where the work cannot be done as strictly as it must be.</param>
public sealed record Jail(string Name, Func<IsolationLevel?> Level, Func<CancellationToken, Task> PrepareAsync);

/// <summary>Every kind of work that is done in a jail. What a test has put in the place of one is none.</summary>
public sealed class Jails(
    SourceCompiler compiler, IWidgetCompiler widgets, IAgentSandbox sandbox, DocumentProcess reader, IRepositoryCheck checks, IOptions<IsolationOptions> options)
{
    /// <summary>The jail of <see cref="IRepositoryCheck"/>.</summary>
    internal const string Checks = "checks";

    /// <summary>All of them.</summary>
    public IReadOnlyList<Jail> All { get; } =
    [
        .. widgets is WidgetCompiler ? [new Jail("compilers", () => compiler.Isolation, compiler.PrepareAsync)] : Array.Empty<Jail>(),
        .. sandbox is DenoSandbox deno ? [new Jail("agents", () => deno.Isolation, deno.PrepareAsync)] : Array.Empty<Jail>(),
        new Jail("documents", () => reader.Isolation, reader.PrepareAsync),
        .. checks is RepositoryCheck check ? [new Jail(Checks, () => check.Isolation, check.PrepareAsync)] : Array.Empty<Jail>(),
    ];

    /// <summary>The least that an operator demands; <see cref="IsolationLevel.None"/> for nothing.</summary>
    public IsolationLevel Required { get; } = options.Value.Required;

    /// <summary>Throws where something is not shown to be isolated as strictly as is demanded.</summary>
    public void RequireIsolation()
    {
        if (Required > IsolationLevel.None && All.Where(jail => !(jail.Level() >= Required)).Select(jail => jail.Name).ToArray() is { Length: > 0 } weak)
        {
            throw new InvalidOperationException($"Not isolated as the setting {IsolationOptions.Setting} demands: {string.Join(", ", weak)}.");
        }
    }
}
