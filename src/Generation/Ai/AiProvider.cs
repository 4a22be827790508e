namespace Jobs.Generation.Ai;

/// <summary>The protocols that are spoken, each with how it is signed in to.</summary>
internal enum AiProvider
{
    /// <summary><c>openai</c>: chat completions of OpenAI itself or of any endpoint that speaks as it does.</summary>
    OpenAi,

    /// <summary><c>azure-openai</c>: the same on an Azure resource's path <c>/openai/v1/</c>, by key or by token.</summary>
    AzureOpenAi,

    /// <summary><c>anthropic</c>: Anthropic's messages.</summary>
    Anthropic,
}
