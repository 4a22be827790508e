using System.Collections.Concurrent;
using Azure.Core;
using Jobs.Generation.Ai;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs.Generation.Tests.Ai;

/// <summary>The AI's services as the app registers them, with settings of a test.</summary>
internal sealed class AiTestHost : IAsyncDisposable
{
    /// <summary>A key that must not appear anywhere.</summary>
    public const string Key = "sk-test-0123456789abcdef";

    private readonly ServiceProvider _services;
    private readonly LogCollector _logs = new();

    /// <param name="settings">By their names below <c>Ai:</c>.</param>
    /// <param name="time">The clock of all limits; by default the system's.</param>
    /// <param name="transport">Answers in place of the network.</param>
    /// <param name="identity">In place of the machine's identity.</param>
    public AiTestHost(IReadOnlyDictionary<string, string?> settings, TimeProvider? time = null, HttpMessageHandler? transport = null, TokenCredential? identity = null)
    {
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"{AiOptions.Section}:{setting.Key}", setting.Value))).Build())
            .AddSingleton(time ?? TimeProvider.System)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_logs));
        if (transport is not null || identity is not null)
        {
            services.AddSingleton(provider => new AiClients(
                provider.GetRequiredService<IOptions<AiOptions>>().Value, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>(), transport, identity));
        }

        _services = services.AddAi().BuildServiceProvider(validateScopes: true);
    }

    /// <summary>Everything that was logged, exceptions included.</summary>
    public string Logs => string.Join('\n', _logs.Lines);

    /// <summary>Throws <see cref="OptionsValidationException"/> where the settings are refused.</summary>
    public AiOptions Options => _services.GetRequiredService<IOptions<AiOptions>>().Value;

    public AiClients Clients => _services.GetRequiredService<AiClients>();

    public TimeProvider Time => _services.GetRequiredService<TimeProvider>();

    public AiEmbedder Embedder => _services.GetRequiredService<AiEmbedder>();

    public AiCheck Check => _services.GetRequiredService<AiCheck>();

    /// <summary>One that talks to a scripted OpenAI, with a key.</summary>
    public static AiTestHost OpenAi(ScriptedServer server, TimeProvider? time = null, params (string Name, string? Value)[] more) => new(
        Settings(more, ("Endpoint", $"{server.Address}v1"), ("Model", "test-model"), ("Key", Key)), time);

    /// <summary>One that talks to a scripted Anthropic.</summary>
    public static AiTestHost Anthropic(ScriptedServer server, TimeProvider? time = null, params (string Name, string? Value)[] more) => new(
        Settings(more, ("Provider", "anthropic"), ("Endpoint", server.Address.AbsoluteUri), ("Model", "test-model"), ("Key", Key)), time);

    public static Dictionary<string, string?> Settings(IEnumerable<(string Name, string? Value)> more, params (string Name, string? Value)[] settings)
    {
        var all = settings.ToDictionary(setting => setting.Name, setting => setting.Value);
        foreach (var (name, value) in more)
        {
            all[name] = value;
        }

        return all;
    }

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();

    private sealed class LogCollector : ILoggerProvider
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void Dispose()
        {
        }

        private sealed class Logger(LogCollector collector, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                collector.Lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
        }
    }
}
