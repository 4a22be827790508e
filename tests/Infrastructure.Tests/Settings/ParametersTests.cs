using System.Text.Json;
using System.Text.RegularExpressions;
using Jobs.Infrastructure.Tests.Bicep;
using YamlDotNet.RepresentationModel;

namespace Jobs.Infrastructure.Tests.Settings;

/// <summary>What <c>azd</c> reads beside the templates.</summary>
[Collection(CompiledInfrastructure.Collection)]
public sealed partial class ParametersTests(CompiledInfrastructure infrastructure)
{
    private static readonly JsonElement Values =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(CompiledInfrastructure.Infra, "main.parameters.json"))).RootElement.GetProperty("parameters");

    private JsonElement Parameters => infrastructure.Template("main.bicep").GetProperty("parameters");

    /// <summary>The variables that parameters are made of, without those that azd itself sets.</summary>
    internal static IEnumerable<string> Variables =>
        Variable().Matches(Values.GetRawText()).Select(match => match.Groups[1].Value).Where(name => name is not ("AZURE_ENV_NAME" or "AZURE_LOCATION"));

    [Fact]
    public void Every_parameter_that_has_a_value_exists() =>
        Assert.All(Values.EnumerateObject(), value => Assert.True(Parameters.TryGetProperty(value.Name, out _), value.Name));

    [Fact]
    public void Every_parameter_without_a_default_has_a_value() => Assert.All(
        Parameters.EnumerateObject().Where(parameter => !parameter.Value.TryGetProperty("defaultValue", out _)),
        parameter => Assert.True(Values.TryGetProperty(parameter.Name, out _), parameter.Name));

    [Fact]
    public void What_is_asked_for_is_where_to_and_two_secrets() => Assert.Equal(
        ["AZURE_ENV_NAME", "AZURE_LOCATION", "JOBS_INITIAL_API_KEY", "JOBS_SECRETS_KEY"],
        Asked().Matches(Values.GetRawText()).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));

    [Fact]
    public void Value_of_a_variable_that_is_not_set_is_the_templates_own_default() => Assert.All(Values.EnumerateObject(), value =>
    {
        if (value.Value.GetProperty("value") is { ValueKind: JsonValueKind.String } text && Variable().Match(text.GetString()!) is { Success: true } match && match.Groups[2].Success)
        {
            Assert.Equal(Parameters.GetProperty(value.Name).GetProperty("defaultValue").ToString(), match.Groups[3].Value, ignoreCase: true);
        }
    });

    [Fact]
    public void Every_setting_that_has_a_value_exists()
    {
        var choosable = infrastructure.Template("main.bicep").GetProperty("definitions").EnumerateObject().Single(definition => definition.Name.EndsWith("appSettings", StringComparison.Ordinal)).Value.GetProperty("properties");

        Assert.All(Values.GetProperty("settings").GetProperty("value").EnumerateObject(), setting => Assert.True(choosable.TryGetProperty(setting.Name, out _), setting.Name));
    }

    [Fact]
    public void Every_parameter_and_variable_is_in_the_documentation()
    {
        var operations = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));

        Assert.All(Parameters.EnumerateObject().Select(parameter => parameter.Name).Where(name => name is not ("environmentName" or "location")), name => Assert.Contains($"`{name}`", operations, StringComparison.Ordinal));
        Assert.All(Variables, name => Assert.Contains($"`{name}`", operations, StringComparison.Ordinal));
    }

    [Fact]
    public void Service_is_the_function_app_and_its_template_is_there()
    {
        var stream = new YamlStream();
        using var reader = new StreamReader(Path.Combine(Repository.Root, "azure.yaml"));
        stream.Load(reader);
        var root = (YamlMappingNode)stream.Documents.Single().RootNode;
        var infra = (YamlMappingNode)root.Children["infra"];
        var (name, service) = Assert.Single(((YamlMappingNode)root.Children["services"]).Children);
        var project = Assert.Single(Directory.GetFiles(Path.Combine(Repository.Root, service["project"].ToString()), "*.csproj"));

        Assert.True(File.Exists(Path.Combine(Repository.Root, infra["path"].ToString(), $"{infra["module"]}.bicep")));
        Assert.Contains("AzureFunctionsVersion", File.ReadAllText(project));
        Assert.Equal(("dotnet", "function"), (service["language"].ToString(), service["host"].ToString()));
        // By this azd finds where the service goes.
        Assert.Equal(name.ToString(), infrastructure.Default.Resource("Microsoft.Web/sites").GetProperty("tags").GetProperty("azd-service-name").GetString());
        Assert.Equal("test", infrastructure.Default.Resource("Microsoft.Resources/resourceGroups").GetProperty("tags").GetProperty("azd-env-name").GetString());
    }

    // ${NAME} or ${NAME=default}
    [GeneratedRegex(@"\$\{([A-Z_]+)(=([^}]*))?\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\$\{([A-Z_]+)\}")]
    private static partial Regex Asked();
}
