using Jobs.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Logs;

namespace Jobs.Functions.Tests.Telemetry;

public sealed class TelemetrySettingsTests
{
    private const string ConnectionString = "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=http://127.0.0.1:9/";

    [Theory]
    [InlineData(TelemetryServices.CollectorSetting, "secret")]
    [InlineData(TelemetryServices.CollectorSetting, "ftp://secret")]
    [InlineData(TelemetryServices.ApplicationInsightsSetting, "secret")]
    [InlineData(TelemetryServices.ApplicationInsightsSetting, "InstrumentationKey=secret")]
    [InlineData(TelemetryServices.AuthenticationSetting, "secret")]
    [InlineData(TelemetryServices.AuthenticationSetting, "Authorization=Key")]
    [InlineData(TelemetryServices.AuthenticationSetting, "Authorization=AAD;ClientId=secret")]
    public void Setting_that_is_of_no_use_stops_the_start_and_is_not_shown(string setting, string value)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Build((setting, value)));

        Assert.StartsWith($"The setting {setting} ", Assert.Single(error.Failures));
        Assert.DoesNotContain("secret", error.Message);
    }

    [Theory]
    [InlineData("Authorization=AAD")]
    [InlineData("Authorization=AAD;ClientId=7a1c7bd0-3f0e-4b43-9f2f-3b1f1d0a5c11")]
    public void Application_insights_is_signed_in_to_as_an_identity(string authentication)
    {
        using var host = Build((TelemetryServices.ApplicationInsightsSetting, ConnectionString), (TelemetryServices.AuthenticationSetting, authentication));

        Assert.NotNull(host.Services.GetRequiredService<OpenTelemetry.Trace.TracerProvider>());
    }

    [Fact]
    public void Logs_are_left_to_the_functions_host_unless_it_leaves_them_to_the_app()
    {
        using var passedOn = Build((TelemetryServices.ApplicationInsightsSetting, ConnectionString));
        using var own = Build((TelemetryServices.ApplicationInsightsSetting, ConnectionString), (TelemetryServices.HostModeSetting, "openTelemetry"));

        Assert.Equal((false, true), (TellsHost(passedOn), Silences(passedOn)));
        Assert.Equal((true, false), (TellsHost(own), Silences(own)));

        static bool TellsHost(IHost host) => host.Services.GetRequiredService<IOptions<WorkerOptions>>().Value.Capabilities.ContainsKey("WorkerOpenTelemetryEnabled");

        static bool Silences(IHost host) => host.Services.GetRequiredService<IOptions<LoggerFilterOptions>>().Value.Rules
            .Any(rule => rule.ProviderName == typeof(OpenTelemetryLoggerProvider).FullName && rule.LogLevel == LogLevel.None);
    }

    [Fact]
    public void Nothing_is_added_to_the_host_where_nothing_is_collected()
    {
        using var host = Build((TelemetryServices.HostModeSetting, "OpenTelemetry"));

        Assert.False(host.Services.GetRequiredService<IOptions<WorkerOptions>>().Value.Capabilities.ContainsKey("WorkerOpenTelemetryEnabled"));
    }

    /// <summary>As on the Functions host.</summary>
    private static IHost Build(params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddTelemetry();
        builder.ShareWithHost();
        return builder.Build();
    }
}
