using Jobs.Domain.Generation;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Questions;

public sealed class WidgetQuestionTests : QuestionSuite
{
    protected override string Collection => "widgets";

    private protected override GenerationResult Files => FakeGenerator.OneFile;

    private protected override void Use(IServiceCollection services, FakeGenerator generator) => services.AddSingleton<IWidgetGenerator>(generator);

    private protected override ResourceStore Store(TestApp app) => app.Services.GetRequiredService<WidgetStore>();
}
