using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Jobs.Infrastructure.Tests.Settings;

/// <summary>
/// The settings that the app's code reads, as environment variables are named: the properties of every type with a constant <c>Section</c>, every constant whose name ends in
/// <c>Setting</c> or <c>SettingName</c>, and what the sources of the app read from a configuration by a name that stands there. The entries of a list are one, with <c>*</c> for the number.
/// </summary>
internal static partial class CodeSettings
{
    private const BindingFlags Constants = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly IReadOnlyList<Type> Types =
        [.. Referenced(typeof(Jobs.Functions.Program).Assembly).SelectMany(assembly => assembly.GetTypes())];

    /// <summary>The sections that options are read from.</summary>
    public static IReadOnlySet<string> Sections { get; } = OptionTypes().Select(options => options.Section).ToHashSet();

    /// <summary>All of them.</summary>
    public static IReadOnlySet<string> All { get; } = OptionTypes().SelectMany(options => NamesOf(options.Type, options.Section))
        .Concat(Types.SelectMany(type => type.GetFields(Constants)).Where(IsSettingName).Select(field => (string)field.GetRawConstantValue()!))
        .Concat(Sources().SelectMany(NamesIn))
        .Select(name => name.Replace(ConfigurationPath.KeyDelimiter, "__", StringComparison.Ordinal))
        .ToHashSet(Names);

    /// <summary>How names of settings are compared: .NET reads them in either case.</summary>
    public static StringComparer Names => StringComparer.OrdinalIgnoreCase;

    private static IEnumerable<Assembly> Referenced(Assembly app) =>
        app.GetReferencedAssemblies().Where(name => name.Name!.StartsWith("Jobs.", StringComparison.Ordinal)).Select(Assembly.Load).Append(app);

    private static IEnumerable<(Type Type, string Section)> OptionTypes() =>
        from type in Types
        let section = type.GetField("Section", Constants)
        where section is { IsLiteral: true } && section.FieldType == typeof(string)
        select (type, (string)section.GetRawConstantValue()!);

    private static IEnumerable<string> NamesOf(Type options, string prefix)
    {
        foreach (var property in options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
        {
            var name = $"{prefix}:{property.Name}";
            if (property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(IList<>))
            {
                yield return $"{name}:*";
            }
            else if (property.PropertyType.Assembly == options.Assembly && property.PropertyType.IsClass)
            {
                foreach (var inner in NamesOf(property.PropertyType, name))
                {
                    yield return inner;
                }
            }
            else
            {
                yield return name;
            }
        }
    }

    private static bool IsSettingName(FieldInfo field) =>
        field is { IsLiteral: true } && field.FieldType == typeof(string)
        && (field.Name.EndsWith("Setting", StringComparison.Ordinal) || field.Name.EndsWith("SettingName", StringComparison.Ordinal));

    private static IEnumerable<string> Sources() =>
        from folder in Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src"))
        where Path.GetFileName(folder) is not "Local"
        from file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        where !file[folder.Length..].Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj")
        select File.ReadAllText(file);

    private static IEnumerable<string> NamesIn(string source)
    {
        foreach (var name in Read().Matches(source).Select(match => match.Groups[1].Value))
        {
            var settingName = Constant().Match(source).Groups[1].Value;
            yield return name.Replace("{SettingName}", settingName, StringComparison.Ordinal);
        }
    }

    // configuration["Name"], builder.Configuration["Name"], configuration[$"{SettingName}:name"]
    [GeneratedRegex("""onfiguration\[\$?"([^"]+)"\]""")]
    private static partial Regex Read();

    [GeneratedRegex("""const string SettingName = "([^"]+)";""")]
    private static partial Regex Constant();
}
