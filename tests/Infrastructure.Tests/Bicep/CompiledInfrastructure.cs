using System.Text.Json;

namespace Jobs.Infrastructure.Tests.Bicep;

/// <summary>What the compiler makes of the files in infra/, once for all tests.</summary>
public sealed class CompiledInfrastructure : IAsyncLifetime
{
    /// <summary>The name of the tests that share it.</summary>
    public const string Collection = "Infrastructure";

    /// <summary>No secret: what stands in for each, to be looked for where it must not be.</summary>
    public const string Canary = "a-secret-that-nobody-may-see";

    private const string Subscription = "11111111-1111-1111-1111-111111111111";

    private const string Required = $"""
        param environmentName = 'test'
        param location = 'westeurope'
        param initialApiKey = '{Canary}'
        param secretsKey = '{Canary}'
        """;

    private const string Everything = $$"""
        param previousSecretsKeys = '{{Canary}}'
        param aiKey = '{{Canary}}'
        param aiWidgetsKey = '{{Canary}}'
        param aiAgentsKey = '{{Canary}}'
        param aiRepositoriesKey = '{{Canary}}'
        param gitHubToken = '{{Canary}}'
        param gitHubAppPrivateKey = '{{Canary}}'
        param gitHubWebhookSecret = '{{Canary}}'
        param gitHubPreviousWebhookSecret = '{{Canary}}'
        param alwaysReadyHttp = 2
        param vnetEnabled = true
        param settings = { Ai__Model: 'gpt', Ai__Endpoint: '' }
        param gitHubGrants = ['acme=acme/site', 'other=other/*']
        param openAiAccountName = 'models'
        param openAiResourceGroupName = 'rg-models'
        param alertEmail = 'operators@example.com'
        param monthlyBudget = 100
        param durableTaskScheduler = true
        """;

    private const string Container = $"""
        param registryName = 'images'
        param image = 'jobs@sha256:0'
        param initialApiKey = '{Canary}'
        param secretsKey = '{Canary}'
        param aiKey = '{Canary}'
        param gitHubToken = '{Canary}'
        param gitHubWebhookSecret = '{Canary}'
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("jobs-bicep-").FullName;

    /// <summary>Where the files are.</summary>
    public static string Infra { get; } = Path.Combine(Repository.Root, "infra");

    /// <summary>Every Bicep file, relative to infra/.</summary>
    public static IReadOnlyList<string> Files { get; } =
        [.. Directory.EnumerateFiles(Infra, "*.bicep", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Infra, file)).Order(StringComparer.Ordinal)];

    /// <summary>What main.bicep makes with nothing but what must be said.</summary>
    internal PredictedDeployment Default { get; private set; } = null!;

    /// <summary>What it makes with everything that can be had.</summary>
    internal PredictedDeployment Full { get; private set; } = null!;

    /// <summary>What container/main.bicep makes.</summary>
    internal PredictedDeployment InContainer { get; private set; } = null!;

    /// <summary>What came of each file.</summary>
    internal IReadOnlyDictionary<string, Compilation> Compilations { get; private set; } = null!;

    /// <summary>Each file as <c>bicep format</c> would have it.</summary>
    public IReadOnlyDictionary<string, string> Formatted { get; private set; } = null!;

    /// <summary>What the linter finds in a file that breaks one of its rules.</summary>
    public IReadOnlyList<string> FindingsInBadFile { get; private set; } = null!;

    /// <summary>The template that a file is compiled to.</summary>
    public JsonElement Template(string file) => JsonDocument.Parse(Compilations[file].Template!).RootElement;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        using var bicep = new BicepProgram(_folder);
        var compilations = new Dictionary<string, Compilation>();
        var formatted = new Dictionary<string, string>();
        foreach (var file in Files)
        {
            compilations[file] = await bicep.CompileAsync(Path.Combine(Infra, file));
            formatted[file] = await bicep.FormatAsync(Path.Combine(Infra, file));
        }

        Compilations = compilations;
        Formatted = formatted;
        Default = await PredictAsync(bicep, "default", "main.bicep", Required);
        Full = await PredictAsync(bicep, "full", "main.bicep", $"{Required}\n{Everything}");
        InContainer = await PredictAsync(bicep, "container", "container/main.bicep", Container);
        FindingsInBadFile = await BreakRuleAsync(bicep);
    }

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    private async Task<PredictedDeployment> PredictAsync(BicepProgram bicep, string name, string file, string parameters)
    {
        var path = Path.Combine(_folder, $"{name}.bicepparam");
        var from = Path.GetRelativePath(_folder, Path.Combine(Infra, file)).Replace('\\', '/');
        await File.WriteAllTextAsync(path, $"using '{from}'\n{parameters}\n");
        return new PredictedDeployment(await bicep.SnapshotAsync(path, Subscription, file == "main.bicep" ? null : "rg-test"));
    }

    private async Task<IReadOnlyList<string>> BreakRuleAsync(BicepProgram bicep)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "bad")).FullName;
        File.Copy(Path.Combine(Infra, "bicepconfig.json"), Path.Combine(folder, "bicepconfig.json"));
        var path = Path.Combine(folder, "bad.bicep");
        await File.WriteAllTextAsync(path, "param unused string\n");
        return (await bicep.CompileAsync(path)).Findings;
    }
}

/// <summary>Makes the tests share it.</summary>
[CollectionDefinition(CompiledInfrastructure.Collection)]
public sealed class CompiledInfrastructureCollection : ICollectionFixture<CompiledInfrastructure>;
