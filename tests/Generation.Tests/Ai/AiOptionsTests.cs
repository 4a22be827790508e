using Jobs.Domain.Generation;
using Jobs.Generation.Ai;
using Microsoft.Extensions.Options;

namespace Jobs.Generation.Tests.Ai;

public sealed class AiOptionsTests
{
    [Fact]
    public async Task Settings_without_a_model_are_no_AI()
    {
        await using var host = new AiTestHost(AiTestHost.Settings([], ("Key", AiTestHost.Key), ("Endpoint", "http://localhost:11434/v1")));

        Assert.False(host.Options.IsConfigured);
        Assert.False(host.Clients.AreConfigured);
        Assert.Null(host.Clients.Embeddings);
        Assert.Empty(await host.Check.RunAsync(CancellationToken.None));
        Assert.Contains("Ai:Model", Assert.Throws<InvalidOperationException>(() => host.Clients.Chat(AiUse.Widgets)).Message);
    }

    [Theory]
    [InlineData("Ai:Provider", "Provider", "gemini")]
    [InlineData("Ai:Widgets:Provider", "Widgets:Provider", "OpenAI")]
    [InlineData("Ai:Endpoint", "Endpoint", "localhost:11434")]
    [InlineData("Ai:Endpoint", "Endpoint", "ftp://localhost/v1")]
    [InlineData("Ai:Endpoint", "Endpoint", "http://user:password@localhost/v1")]
    [InlineData("Ai:Endpoint", "Endpoint", "http://localhost/v1?api-version=1")]
    [InlineData("Ai:Endpoint", "Endpoint", "http://localhost/v1#here")]
    [InlineData("Ai:Agents:Endpoint", "Agents:Endpoint", "nowhere")]
    [InlineData("Ai:Model", "Model", "a model")]
    [InlineData("Ai:Agents:Model", "Agents:Model", "a\u0007model")]
    [InlineData("Ai:EmbeddingModel", "EmbeddingModel", "a model")]
    [InlineData("Ai:EmbeddingDimensions", "EmbeddingDimensions", "0")]
    [InlineData("Ai:EmbeddingDimensions", "EmbeddingDimensions", "4097")]
    [InlineData("Ai:EmbeddingPrice", "EmbeddingPrice", "10000.01")]
    [InlineData("Ai:MaxOutputTokens", "MaxOutputTokens", "255")]
    [InlineData("Ai:MaxOutputTokens", "MaxOutputTokens", "200001")]
    [InlineData("Ai:Agents:MaxOutputTokens", "Agents:MaxOutputTokens", "0")]
    [InlineData("Ai:TurnTimeLimit", "TurnTimeLimit", "00:00:09")]
    [InlineData("Ai:TurnTimeLimit", "TurnTimeLimit", "00:05:01")]
    [InlineData("Ai:MaxConcurrent", "MaxConcurrent", "0")]
    [InlineData("Ai:MaxConcurrent", "MaxConcurrent", "1001")]
    [InlineData("Ai:InputPrice", "InputPrice", "-0.01")]
    [InlineData("Ai:InputPrice", "InputPrice", "10000.01")]
    [InlineData("Ai:CachedInputPrice", "CachedInputPrice", "10000.01")]
    [InlineData("Ai:Agents:OutputPrice", "Agents:OutputPrice", "10000.01")]
    [InlineData("Ai:SpendingLimit", "SpendingLimit", "-1")]
    [InlineData("Ai:SpendingLimit", "SpendingLimit", "1000000000.01")]
    [InlineData("Ai:BuildSpendingLimit", "BuildSpendingLimit", "1000000000.01")]
    public async Task Setting_out_of_its_range_is_refused_by_name(string name, string setting, string value)
    {
        await using var host = new AiTestHost(AiTestHost.Settings([(setting, value)], ("Model", "test-model"), ("Endpoint", "http://localhost:11434/v1")));

        var failure = Assert.Single(Assert.Throws<OptionsValidationException>(() => host.Options).Failures);
        Assert.StartsWith($"The setting {name} must be ", failure);
    }

    [Theory]
    [InlineData("EmbeddingDimensions", "1")]
    [InlineData("EmbeddingDimensions", "4096")]
    [InlineData("EmbeddingPrice", "10000")]
    [InlineData("MaxOutputTokens", "256")]
    [InlineData("MaxOutputTokens", "200000")]
    [InlineData("TurnTimeLimit", "00:00:10")]
    [InlineData("TurnTimeLimit", "00:05:00")]
    [InlineData("MaxConcurrent", "1")]
    [InlineData("MaxConcurrent", "1000")]
    [InlineData("InputPrice", "0")]
    [InlineData("InputPrice", "10000")]
    [InlineData("CachedInputPrice", "10000")]
    [InlineData("OutputPrice", "10000")]
    [InlineData("SpendingLimit", "0")]
    [InlineData("SpendingLimit", "1000000000")]
    [InlineData("BuildSpendingLimit", "1000000000")]
    public async Task Setting_at_its_limit_is_taken(string setting, string value)
    {
        await using var host = new AiTestHost(AiTestHost.Settings(
            [(setting, value)], ("Model", "test-model"), ("Endpoint", "http://localhost:11434/v1"), ("InputPrice", "1"), ("OutputPrice", "1")));

        Assert.True(host.Options.IsConfigured);
    }

    [Theory]
    [InlineData("Ai:Model", 200, true)]
    [InlineData("Ai:Model", 201, false)]
    public async Task Models_name_has_a_longest_length(string name, int length, bool isTaken)
    {
        await using var host = new AiTestHost(AiTestHost.Settings([], ("Model", new string('m', length)), ("Endpoint", "http://localhost:11434/v1")));

        if (isTaken)
        {
            Assert.Equal(length, host.Options.Model!.Length);
        }
        else
        {
            Assert.StartsWith($"The setting {name} must be ", Assert.Single(Assert.Throws<OptionsValidationException>(() => host.Options).Failures));
        }
    }

    [Theory]
    [InlineData("sk-with blank")]
    [InlineData("sk-with\nline")]
    [InlineData("sk-mit-Ümlaut")]
    public async Task Key_that_cannot_be_sent_is_refused_and_not_shown(string key)
    {
        await using var host = new AiTestHost(AiTestHost.Settings([], ("Model", "test-model"), ("Key", key)));

        var failure = Assert.Single(Assert.Throws<OptionsValidationException>(() => host.Options).Failures);
        Assert.StartsWith("The setting Ai:Key must be ", failure);
        Assert.DoesNotContain("sk-", failure);
    }

    [Theory]
    [InlineData("openai", null, "The setting Ai:Key must be set")]
    [InlineData("anthropic", null, "The setting Ai:Key must be set")]
    [InlineData("azure-openai", null, "The setting Ai:Endpoint must be set")]
    [InlineData("azure-openai", "http://my-resource.openai.azure.com", "The setting Ai:Endpoint must begin with https://")]
    [InlineData("azure-openai", "https://my-resource.openai.azure.com/openai/deployments/x", "The setting Ai:Endpoint must be the resource's address")]
    [InlineData("anthropic", "http://example.com", "The setting Ai:Endpoint must begin with https://")]
    [InlineData("anthropic", "https://example.com/v1/", "The setting Ai:Endpoint must end before /v1")]
    public async Task Provider_that_lacks_what_it_needs_is_refused(string provider, string? endpoint, string message)
    {
        await using var host = new AiTestHost(AiTestHost.Settings([], ("Provider", provider), ("Model", "test-model"), ("Endpoint", endpoint)));

        Assert.StartsWith(message, Assert.Throws<OptionsValidationException>(() => host.Options).Failures.First());
    }

    [Theory]
    [InlineData("Credential", "managedidentity", true)]
    [InlineData("Credential", "", true)]
    [InlineData("Credential", "ManagedIdentity", false)]
    [InlineData("Credential", "certificate", false)]
    [InlineData("ClientId", "7a1c7bd0-3f0e-4b43-9f2f-3b1f1d0a5c11", true)]
    [InlineData("ClientId", "my-identity", false)]
    public async Task Identity_is_one_that_there_is(string setting, string value, bool isTaken)
    {
        await using var host = new AiTestHost(AiTestHost.Settings([(setting, value)], ("Model", "test-model"), ("Endpoint", "http://localhost:11434/v1")));

        if (isTaken)
        {
            Assert.True(host.Options.IsConfigured);
        }
        else
        {
            Assert.StartsWith($"The setting Ai:{setting} must be ", Assert.Single(Assert.Throws<OptionsValidationException>(() => host.Options).Failures));
        }
    }

    [Fact]
    public async Task All_faults_are_told_at_once()
    {
        await using var host = new AiTestHost(AiTestHost.Settings([], ("MaxConcurrent", "0"), ("TurnTimeLimit", "1"), ("Key", "a b")));

        Assert.Equal(3, Assert.Throws<OptionsValidationException>(() => host.Options).Failures.Count());
    }

    [Theory]
    [InlineData("Model", "")]
    [InlineData("InputPrice,OutputPrice", "1")]
    [InlineData("InputPrice,OutputPrice,SpendingLimit", "1")]
    public async Task Model_for_embeddings_needs_the_general_one_and_a_price_where_that_has_one(string settings, string value)
    {
        await using var host = new AiTestHost(AiTestHost.Settings(settings.Split(',').Select(setting => (setting, (string?)value)), ("Model", "m"), ("Key", "k"), ("EmbeddingModel", "e")));

        var missing = settings == "Model" ? "Ai:Model" : "Ai:EmbeddingPrice";
        Assert.StartsWith($"The setting {missing} must be set where Ai:EmbeddingModel is", Assert.Single(Assert.Throws<OptionsValidationException>(() => host.Options).Failures));
    }

    [Fact]
    public async Task Embeddings_of_Anthropic_are_refused()
    {
        await using var host = new AiTestHost(AiTestHost.Settings([], ("Provider", "anthropic"), ("Model", "m"), ("Key", "k"), ("EmbeddingModel", "e")));

        Assert.StartsWith("The setting Ai:EmbeddingModel cannot be set", Assert.Single(Assert.Throws<OptionsValidationException>(() => host.Options).Failures));
    }

    [Fact]
    public async Task Model_of_one_use_alone_is_refused()
    {
        await using var host = new AiTestHost(AiTestHost.Settings([], ("Agents:Model", "m")));

        Assert.Equal("The setting Ai:Model must be set where Ai:Agents:Model is.", Assert.Single(Assert.Throws<OptionsValidationException>(() => host.Options).Failures));
    }

    [Fact]
    public async Task Use_with_another_provider_needs_its_own_key_and_model()
    {
        await using var host = new AiTestHost(AiTestHost.Settings([], ("Model", "m"), ("Key", AiTestHost.Key), ("Agents:Provider", "anthropic")));

        Assert.Equal(
            ["The setting Ai:Agents:Model must be set: the model of another provider has another name.", "The setting Ai:Agents:Key must be set: api.anthropic.com takes nothing without a key."],
            Assert.Throws<OptionsValidationException>(() => host.Options).Failures);
    }

    [Fact]
    public async Task Use_takes_what_it_lacks_from_the_general_settings()
    {
        await using var host = new AiTestHost(AiTestHost.Settings([], ("Model", "m"), ("Key", AiTestHost.Key), ("MaxOutputTokens", "1000"), ("Agents:Model", "a"), ("Agents:MaxOutputTokens", "2000")));

        Assert.Equal(new AiTarget(AiProvider.OpenAi, new Uri("https://api.openai.com/v1/"), "m", AiTestHost.Key, 1000, null), host.Clients.TargetOf(AiUse.Widgets));
        Assert.Equal(new AiTarget(AiProvider.OpenAi, new Uri("https://api.openai.com/v1/"), "a", AiTestHost.Key, 2000, null), host.Clients.TargetOf(AiUse.Agents));
    }

    [Fact]
    public async Task Use_of_the_general_model_has_its_price_and_one_with_another_model_its_own()
    {
        await using var host = new AiTestHost(AiTestHost.Settings(
            [],
            ("Model", "m"),
            ("Key", AiTestHost.Key),
            ("InputPrice", "3"),
            ("CachedInputPrice", "0.3"),
            ("OutputPrice", "15"),
            ("Agents:Model", "a"),
            ("Agents:InputPrice", "0.25"),
            ("Agents:OutputPrice", "2")));

        Assert.Equal(new ModelPrice(3, 0.3m, 15), host.Clients.TargetOf(AiUse.Widgets).Price);
        Assert.Equal(new ModelPrice(0.25m, 0.25m, 2), host.Clients.TargetOf(AiUse.Agents).Price);
    }

    [Theory]
    [InlineData("InputPrice", "3", "The setting Ai:OutputPrice must be set where another price of the model is.")]
    [InlineData("OutputPrice", "3", "The setting Ai:InputPrice must be set where another price of the model is.")]
    [InlineData("SpendingLimit", "3", "The setting Ai:InputPrice must be set: a spending limit holds nothing whose price is not known.")]
    [InlineData("BuildSpendingLimit", "3", "The setting Ai:InputPrice must be set: a spending limit holds nothing whose price is not known.")]
    [InlineData("Agents:InputPrice", "3", "The setting Ai:Agents:OutputPrice must be set where another price of the model is.")]
    public async Task Prices_that_are_not_whole_are_refused(string setting, string value, string fault)
    {
        await using var host = new AiTestHost(AiTestHost.Settings([(setting, value)], ("Model", "m"), ("Key", AiTestHost.Key)));

        Assert.Equal(fault, Assert.Throws<OptionsValidationException>(() => host.Options).Failures.First());
    }

    [Fact]
    public async Task Use_with_another_model_needs_its_own_price_where_there_is_one()
    {
        await using var host = new AiTestHost(AiTestHost.Settings(
            [], ("Model", "m"), ("Key", AiTestHost.Key), ("InputPrice", "3"), ("OutputPrice", "15"), ("Agents:Model", "a")));

        Assert.Equal(
            "The setting Ai:Agents:InputPrice must be set: the model is another than the one that the general price is of.",
            Assert.Single(Assert.Throws<OptionsValidationException>(() => host.Options).Failures));
    }

    [Fact]
    public async Task Use_with_its_own_endpoint_does_not_get_the_general_key()
    {
        await using var host = new AiTestHost(AiTestHost.Settings([], ("Model", "m"), ("Key", AiTestHost.Key), ("Widgets:Endpoint", "http://localhost:11434/v1")));

        Assert.Null(host.Clients.TargetOf(AiUse.Widgets).Key);
        Assert.Equal(AiTestHost.Key, host.Clients.TargetOf(AiUse.Agents).Key);
    }

    [Theory]
    [InlineData("https://my-resource.openai.azure.com")]
    [InlineData("https://my-resource.openai.azure.com/")]
    [InlineData("https://my-resource.openai.azure.com/openai/v1")]
    [InlineData("https://my-resource.openai.azure.com/openai/v1/")]
    public async Task Azure_resource_is_asked_by_its_v1_path(string endpoint)
    {
        await using var host = new AiTestHost(AiTestHost.Settings([], ("Provider", "azure-openai"), ("Endpoint", endpoint), ("Model", "my-deployment")));

        Assert.Equal("azure-openai at https://my-resource.openai.azure.com/openai/v1/, model my-deployment", host.Clients.TargetOf(AiUse.Agents).ToString());
    }

    [Fact]
    public void Target_in_a_text_has_no_key()
    {
        var target = new AiTarget(AiProvider.Anthropic, new Uri("https://api.anthropic.com/"), "m", AiTestHost.Key, 1000, null);

        Assert.Equal("anthropic at https://api.anthropic.com/, model m", $"{target}");
    }
}
