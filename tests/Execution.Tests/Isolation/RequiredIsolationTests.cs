using Jobs.Domain.Compilation;
using Jobs.Domain.Repositories;
using Jobs.Domain.Sandbox;
using Jobs.Execution.Checks;
using Jobs.Execution.Compilation;
using Jobs.Execution.Isolation;
using Jobs.Execution.Reading;
using Jobs.Execution.Sandbox;
using Jobs.Execution.Tests.Compilation;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Jobs.Execution.Tests.Isolation;

/// <summary>What is done on a machine that offers less than an operator demands: nothing. A machine that offers one isolation only is one that may choose no other.</summary>
public sealed class RequiredIsolationTests : IDisposable
{
    private readonly DirectoryInfo _temp = Directory.CreateTempSubdirectory("jobs-isolation-tests-");

    // A check may be another user's, who has to get there.
    public RequiredIsolationTests() => WorkFolder.SetMode(_temp.FullName, WorkFolder.ReadableFolder);

    public static TheoryData<ProcessIsolation, IsolationLevel> Demands
    {
        get
        {
            var data = new TheoryData<ProcessIsolation, IsolationLevel>();
            foreach (var offered in CompilerFixture.Available)
            {
                foreach (var required in Enum.GetValues<IsolationLevel>())
                {
                    data.Add(offered, required);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Demands))]
    public async Task Compilers_run_only_where_the_machine_offers_what_is_demanded(ProcessIsolation offered, IsolationLevel required)
    {
        using var compiler = new SourceCompiler(
            new CompilerOptions { Isolation = offered, TempFolder = _temp.FullName }, TimeProvider.System, NullLogger<SourceCompiler>.Instance, Demand(required));

        if (LevelOf(offered) >= required)
        {
            await compiler.PrepareAsync(CancellationToken.None);
            Assert.Equal(LevelOf(offered), compiler.Isolation);
            return;
        }

        var error = await Assert.ThrowsAsync<CompilerUnavailableException>(() => compiler.PrepareAsync(CancellationToken.None));
        AssertNames(required, error);
        Assert.Null(compiler.Isolation);
    }

    [Theory]
    [InlineData(IsolationLevel.None)]
    [InlineData(IsolationLevel.RootDirectory)]
    public async Task Agents_run_only_where_the_machine_offers_what_is_demanded(IsolationLevel required)
    {
        using var sandbox = new DenoSandbox(
            new SandboxOptions { Isolation = ProcessIsolation.None, TempFolder = _temp.FullName }, TimeProvider.System, NullLogger<DenoSandbox>.Instance, Demand(required));

        if (required is IsolationLevel.None)
        {
            await sandbox.PrepareAsync(CancellationToken.None);
            Assert.Equal(IsolationLevel.None, sandbox.Isolation);
            return;
        }

        AssertNames(required, await Assert.ThrowsAsync<SandboxUnavailableException>(() => sandbox.PrepareAsync(CancellationToken.None)));
    }

    [Fact]
    public async Task Documents_are_not_read_where_the_machine_offers_less_than_is_demanded()
    {
        // The reader is only looked for here; it is published beside the app, and its tests are there.
        var folder = _temp.CreateSubdirectory("reader");
        foreach (var name in new[] { "Jobs.DocumentReader.dll", "Jobs.DocumentReader.runtimeconfig.json" })
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, name), "{}");
        }

        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "Jobs.DocumentReader.deps.json"), """{"targets":{}}""");
        using var reader = new DocumentProcess(
            new DocumentReaderOptions { ReaderFolder = folder.FullName, Isolation = ProcessIsolation.None, TempFolder = _temp.FullName },
            TimeProvider.System,
            NullLogger<DocumentProcess>.Instance,
            Demand(IsolationLevel.RootDirectory));

        AssertNames(IsolationLevel.RootDirectory, await Assert.ThrowsAsync<DocumentReaderUnavailableException>(() => reader.PrepareAsync(CancellationToken.None)));
    }

    [Fact]
    public async Task Checks_of_repositories_are_not_run_where_the_machine_offers_less_than_is_demanded()
    {
        var options = new RepositoryCheckOptions { Isolation = ProcessIsolation.UserNamespace, TempFolder = _temp.FullName };
        using var enough = new RepositoryCheck(options, TimeProvider.System, NullLogger<RepositoryCheck>.Instance, Demand(IsolationLevel.Namespaces));
        using var less = new RepositoryCheck(options, TimeProvider.System, NullLogger<RepositoryCheck>.Instance, Demand(IsolationLevel.Full));

        await enough.PrepareAsync(CancellationToken.None);
        await Assert.ThrowsAsync<ForgeException>(() => less.PrepareAsync(CancellationToken.None));

        Assert.Equal((IsolationLevel.Namespaces, null), (enough.Isolation, less.Isolation));
    }

    [Fact]
    public void Words_are_those_of_the_setting_and_nothing_else_is_one()
    {
        Assert.Equal(["none", "root-directory", "namespaces", "full"], IsolationWords.All);
        Assert.All(Enum.GetValues<IsolationLevel>(), level => Assert.Equal(level, IsolationWords.LevelOf(level.WordOf())));
        Assert.All(["", "Full", "strict", " full"], word => Assert.Null(IsolationWords.LevelOf(word)));
    }

    [Theory]
    [InlineData(ProcessIsolation.Chroot, true, IsolationLevel.Full)]
    [InlineData(ProcessIsolation.Chroot, false, IsolationLevel.RootDirectory)]
    [InlineData(ProcessIsolation.UserNamespace, true, IsolationLevel.Namespaces)]
    [InlineData(ProcessIsolation.None, false, IsolationLevel.None)]
    public void Jail_has_the_level_of_what_it_keeps(ProcessIsolation isolation, bool ownNamespaces, IsolationLevel expected) =>
        Assert.Equal(expected, new ProcessJail(isolation, ownNamespaces).Level);

    public void Dispose() => _temp.Delete(recursive: true);

    private static IsolationLevel LevelOf(ProcessIsolation offered) => new ProcessJail(offered, OwnNamespaces: offered is not ProcessIsolation.None).Level;

    private static IOptions<IsolationOptions> Demand(IsolationLevel level) => Options.Create(new IsolationOptions { RequireIsolation = level.WordOf() });

    private static void AssertNames(IsolationLevel required, Exception error) => Assert.Contains($"The setting Jobs:RequireIsolation asks for {required.WordOf()}.", error.Message);
}
