using System.ClientModel;
using System.ClientModel.Primitives;
using System.Collections.Concurrent;
using Anthropic;
using Azure.Core;
using Azure.Identity;
using Jobs.Domain.Generation;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenAI;
using AnthropicOptions = Anthropic.Core.ClientOptions;

namespace Jobs.Generation.Ai;

/// <summary>
/// The clients of the AI that the settings name, on the providers' own ones. They may be used by many at once and belong to this object. Each throws an
/// <see cref="AiException"/> when a call fails, and writes spans and metrics by OpenTelemetry's conventions for generative AI under the name <see cref="TelemetryName"/>.
/// </summary>
public sealed class AiClients : IDisposable
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string TelemetryName = "Jobs.Generation.Ai";

    /// <summary>What a token for an Azure resource is asked for.</summary>
    private const string AzureScope = "https://ai.azure.com/.default";

    private readonly AiOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly HttpMessageHandler? _transport;
    private readonly Lazy<TokenCredential> _identity;
    private readonly ConcurrentDictionary<Uri, Lazy<AiConnection>> _connections = new();
    private readonly ConcurrentDictionary<AiTarget, Lazy<IChatClient>> _chats = new();
    private readonly Lazy<IEmbeddingGenerator<string, Embedding<float>>?> _embeddings;

    /// <summary>Makes clients when they are asked for; nothing is sent before one is used.</summary>
    public AiClients(IOptions<AiOptions> options, TimeProvider time, ILoggerFactory loggers)
        : this(options.Value, time, loggers)
    {
    }

    internal AiClients(AiOptions options, TimeProvider time, ILoggerFactory loggers, HttpMessageHandler? transport = null, TokenCredential? identity = null)
    {
        (_options, _time, _loggers, _transport) = (options, time, loggers, transport);
        _identity = new(() => identity ?? NewIdentity());
        _embeddings = new(NewEmbeddings);
    }

    /// <summary>Whether the settings name an AI.</summary>
    public bool AreConfigured => _options.IsConfigured;

    /// <summary>How long one call may take, its repetitions and the whole of its answer included.</summary>
    public TimeSpan TimeLimit => _options.TurnTimeLimit;

    /// <summary>The embeddings, or null where the settings name no model for them.</summary>
    public IEmbeddingGenerator<string, Embedding<float>>? Embeddings => _embeddings.Value;

    /// <summary>The client of one use. Throws <see cref="InvalidOperationException"/> where no AI is configured.</summary>
    public IChatClient Chat(AiUse use) => Chat(TargetOf(use));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var chat in _chats.Values.Where(chat => chat.IsValueCreated))
        {
            chat.Value.Dispose();
        }

        if (_embeddings is { IsValueCreated: true, Value: { } embeddings })
        {
            embeddings.Dispose();
        }

        foreach (var connection in _connections.Values.Where(connection => connection.IsValueCreated))
        {
            connection.Value.Dispose();
        }
    }

    /// <summary>Whom a use talks to. Throws <see cref="InvalidOperationException"/> where no AI is configured.</summary>
    internal AiTarget TargetOf(AiUse use) => Target(AiOptionsValidation.SectionOf(use), _options.For(use));

    /// <summary>Whom whatever has no settings of its own talks to. Throws <see cref="InvalidOperationException"/> where no AI is configured.</summary>
    internal AiTarget GeneralTarget() => Target(AiOptions.Section, _options);

    /// <summary>Whom embeddings are asked of. Throws <see cref="InvalidOperationException"/> where the settings name nobody.</summary>
    internal AiTarget EmbeddingTarget() => _options.MakesEmbeddings
        ? GeneralTarget() with { Model = _options.EmbeddingModel!, Price = _options.EmbeddingPrice is { } price ? new ModelPrice(price, price, 0) : null }
        : throw new InvalidOperationException("No model for embeddings is set.");

    /// <summary>The client of one target.</summary>
    internal IChatClient Chat(AiTarget target) => _chats.GetOrAdd(target, static (key, self) => new(() => self.NewChat(key)), this).Value;

    private AiTarget Target(string section, AiUseOptions use)
    {
        List<string> faults = [];
        if (!AreConfigured)
        {
            faults.Add($"The setting {AiOptions.Section}:{nameof(AiOptions.Model)} is not set, so there is no AI.");
        }

        return AiTarget.Resolve(_options, section, use, faults) is { } target && faults.Count == 0 ? target : throw new InvalidOperationException(string.Join(' ', faults));
    }

    private TokenCredential NewIdentity() => AiTarget.Given(_options.Credential) is AiOptions.ManagedIdentity
        ? new ManagedIdentityCredential(AiTarget.Given(_options.ClientId) is { } clientId ? ManagedIdentityId.FromUserAssignedClientId(clientId) : ManagedIdentityId.SystemAssigned)
        : new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = AiTarget.Given(_options.ClientId) });

    private IChatClient NewChat(AiTarget target)
    {
        var provider = target.Provider switch
        {
            AiProvider.OpenAi or AiProvider.AzureOpenAi => NewOpenAi(target, ConnectionTo(target.Endpoint).Client).GetChatClient(target.Model).AsIChatClient(),
            AiProvider.Anthropic => NewAnthropic(target).AsIChatClient(target.Model, target.MaxOutputTokens),
        };
        // Outside ours, so that telemetry has our words for a failure and not the provider's, which may quote the prompt.
        return new AiChatClient(provider, target, _options.TurnTimeLimit, _time, _loggers.CreateLogger<AiClients>())
            .AsBuilder()
            .UseOpenTelemetry(_loggers, TelemetryName, telemetry => telemetry.EnableSensitiveData = _options.RecordPrompts)
            .Build();
    }

    private IEmbeddingGenerator<string, Embedding<float>>? NewEmbeddings()
    {
        if (!_options.MakesEmbeddings)
        {
            return null;
        }

        var target = EmbeddingTarget();
        return new AiEmbeddingGenerator(
                NewOpenAi(target, ConnectionTo(target.Endpoint).EmbeddingClient).GetEmbeddingClient(target.Model).AsIEmbeddingGenerator(), target, _options.TurnTimeLimit, _time, _loggers.CreateLogger<AiClients>())
            .AsBuilder()
            .UseOpenTelemetry(_loggers, TelemetryName, telemetry => telemetry.EnableSensitiveData = _options.RecordPrompts)
            .Build();
    }

    private OpenAIClient NewOpenAi(AiTarget target, HttpClient connection)
    {
        var options = new OpenAIClientOptions
        {
            Endpoint = target.Endpoint,
            Transport = new HttpClientPipelineTransport(connection),
            // Repetitions and times are the connection's.
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        };
        if (target.Key is { } key)
        {
            return new OpenAIClient(new ApiKeyCredential(key), options);
        }

#pragma warning disable OPENAI001 // The one constructor that takes something else than a key.
        return new OpenAIClient(target.Provider is AiProvider.AzureOpenAi ? new BearerTokenPolicy(_identity.Value, AzureScope) : new NoAuthentication(), options);
#pragma warning restore OPENAI001
    }

    private AnthropicClient NewAnthropic(AiTarget target) => new(new AnthropicOptions
    {
        BaseUrl = target.Endpoint.AbsoluteUri.TrimEnd('/'),
        ApiKey = target.Key,
        HttpClient = ConnectionTo(target.Endpoint).Client,
        MaxRetries = 0,
        Timeout = _options.TurnTimeLimit,
    });

    private AiConnection ConnectionTo(Uri endpoint) =>
        _connections.GetOrAdd(endpoint, static (key, self) => new(() => new AiConnection(key, self._options.TurnTimeLimit / 2, self._time, self._loggers, self._transport)), this).Value;
}
