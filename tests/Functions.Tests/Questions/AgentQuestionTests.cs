using Jobs.Domain.Generation;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Questions;

public sealed class AgentQuestionTests : QuestionSuite
{
    protected override string Collection => "agents";

    private protected override GenerationResult Files => FakeGenerator.Agent;

    private protected override void Use(IServiceCollection services, FakeGenerator generator) => services.AddSingleton<IAgentGenerator>(generator);

    private protected override ResourceStore Store(TestApp app) => app.Services.GetRequiredService<AgentStore>();
}
