using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Jobs.Domain.Schemas;

/// <summary>One check of an input against a schema.</summary>
internal sealed class SchemaCheck
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private int _steps;

    private SchemaCheck(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
    }

    /// <summary>The rules that the input breaks, at most <see cref="SchemaLimits.MaxViolations"/>.</summary>
    public static IReadOnlyList<SchemaViolation> Run(SchemaNode root, JsonElement input, TimeProvider time)
    {
        if (JsonText.FindFault(input, SchemaLimits.MaxInputDepth) is { } fault)
        {
            return [fault];
        }

        var violations = new List<SchemaViolation>();
        try
        {
            new SchemaCheck(time).Check(root, input, "", violations, 0);
            return violations;
        }
        catch (Exception error) when (error is TooComplexException or RegexMatchTimeoutException)
        {
            return [new SchemaViolation("", "takes too long to be checked against the schema")];
        }
    }

    /// <summary>Whether a value is valid. Without <paramref name="told"/> nobody wants to know why, and the first broken rule decides.</summary>
    private bool Check(SchemaNode node, JsonElement value, string path, List<SchemaViolation>? told, int depth)
    {
        Spend(1);
        if (depth > SchemaLimits.MaxEvaluationDepth)
        {
            throw new TooComplexException();
        }

        if (node.Always is { } always)
        {
            return always || Tell("is not allowed");
        }

        var isValid = true;
        // Each rule is looked at only as long as it can change the answer.
        bool Goes(bool holds, string message) => (isValid &= holds || Tell(message)) || Wanted();
        bool Tell(string message)
        {
            if (told?.Count < SchemaLimits.MaxViolations)
            {
                told.Add(new SchemaViolation(path, message));
            }

            return false;
        }

        bool Wanted() => told?.Count < SchemaLimits.MaxViolations;
        bool Also(bool holds) => (isValid &= holds) || Wanted();

        return (node.Types == JsonTypes.None || Goes((node.Types & TypesOf(value)) != 0, $"must be {Name(node.Types)}"))
            && node.OneOfValues.TrueForAll(values => Goes(
                Array.Exists(values, allowed => AreEqual(allowed, value)),
                values.Length == 1 ? "must be the one value that is allowed" : "must be one of the values that are allowed"))
            && value.ValueKind switch
            {
                JsonValueKind.Number => CheckNumber(node, value, Goes),
                JsonValueKind.String => CheckText(node, value.GetString()!, Goes),
                JsonValueKind.Array => CheckArray(node, value, path, told, depth, Goes, Also),
                JsonValueKind.Object => CheckObject(node, value, path, told, depth, Goes, Also),
                _ => true,
            }
            && (node.Ref is null || Also(Check(node.Ref, value, path, told, depth + 1)))
            && Array.TrueForAll(node.AllOf, all => Also(Check(all, value, path, told, depth + 1)))
            && (node.AnyOf.Length == 0 || Goes(Array.Exists(node.AnyOf, any => Check(any, value, path, null, depth + 1)), "must match at least one of the alternatives"))
            && (node.OneOf.Length == 0 || Goes(node.OneOf.Count(one => Check(one, value, path, null, depth + 1)) == 1, "must match exactly one of the alternatives"))
            && (node.Not is null || Goes(!Check(node.Not, value, path, null, depth + 1), "must not match what is ruled out"))
            && (node.If is null || (Check(node.If, value, path, null, depth + 1) ? node.Then : node.Else) is not { } branch || Also(Check(branch, value, path, told, depth + 1)))
            && isValid;
    }

    private static bool CheckNumber(SchemaNode node, JsonElement value, Func<bool, string, bool> goes) =>
        (node.Minimum is not { } minimum || goes(Compare(value, minimum) >= 0, $"must be at least {minimum}"))
        && (node.Maximum is not { } maximum || goes(Compare(value, maximum) <= 0, $"must be at most {maximum}"))
        && (node.ExclusiveMinimum is not { } above || goes(Compare(value, above) > 0, $"must be more than {above}"))
        && (node.ExclusiveMaximum is not { } below || goes(Compare(value, below) < 0, $"must be less than {below}"))
        && (node.MultipleOf is not { } step || goes(IsMultiple(value, step), $"must be a multiple of {step}"));

    private bool CheckText(SchemaNode node, string text, Func<bool, string, bool> goes)
    {
        Spend(text.Length / 64);
        var length = node.MinLength is null && node.MaxLength is null ? 0 : text.EnumerateRunes().Count();
        return (node.MinLength is not { } min || goes(length >= min, $"must have at least {min} characters"))
            && (node.MaxLength is not { } max || goes(length <= max, $"must have at most {max} characters"))
            && (node.Pattern is null || goes(IsMatch(node.Pattern, text), "must match the pattern"));
    }

    private bool CheckArray(
        SchemaNode node, JsonElement value, string path, List<SchemaViolation>? told, int depth, Func<bool, string, bool> goes, Func<bool, bool> also)
    {
        var count = value.GetArrayLength();
        var goesOn = (node.MinItems is not { } min || goes(count >= min, $"must have at least {min} items"))
            && (node.MaxItems is not { } max || goes(count <= max, $"must have at most {max} items"))
            && (!node.UniqueItems || goes(AreUnique(value), "must not have an item twice"));
        var (index, contained) = (0, 0);
        foreach (var item in value.EnumerateArray())
        {
            if (!goesOn)
            {
                break;
            }

            var schema = index < node.PrefixItems.Length ? node.PrefixItems[index] : node.Items;
            goesOn = schema is null || also(Check(schema, item, $"{path}/{index}", told, depth + 1));
            contained += node.Contains is { } wanted && Check(wanted, item, path, null, depth + 1) ? 1 : 0;
            index++;
        }

        return goesOn
            && (node.Contains is null || goes(contained >= node.MinContains, $"must contain at least {node.MinContains} of the items that are asked for"))
            && (node.Contains is null || node.MaxContains is not { } most || goes(contained <= most, $"must contain at most {most} of the items that are asked for"));
    }

    private bool CheckObject(
        SchemaNode node, JsonElement value, string path, List<SchemaViolation>? told, int depth, Func<bool, string, bool> goes, Func<bool, bool> also)
    {
        bool Has(string name) => value.TryGetProperty(name, out _);
        var count = value.GetPropertyCount();
        Spend(node.Required.Length);
        var goesOn = (node.MinProperties is not { } min || goes(count >= min, $"must have at least {min} properties"))
            && (node.MaxProperties is not { } max || goes(count <= max, $"must have at most {max} properties"))
            && Array.TrueForAll(node.Required, name => goes(Has(name), $"must have the property \"{name}\""))
            && node.DependentRequired.All(rule => !Has(rule.Key)
                || Array.TrueForAll(rule.Value, name => goes(Has(name), $"must have the property \"{name}\", because it has \"{rule.Key}\"")));
        foreach (var property in value.EnumerateObject())
        {
            if (!goesOn)
            {
                break;
            }

            var at = $"{path}/{JsonText.Escape(property.Name)}";
            var isKnown = node.Properties.TryGetValue(property.Name, out var schema);
            goesOn = (schema is null || also(Check(schema, property.Value, at, told, depth + 1)))
                && (node.PropertyNames is null || also(Check(node.PropertyNames, JsonSerializer.SerializeToElement(property.Name), at, told, depth + 1)));
            foreach (var (pattern, ofPattern) in node.PatternProperties)
            {
                if (goesOn && IsMatch(pattern, property.Name))
                {
                    isKnown = true;
                    goesOn = also(Check(ofPattern, property.Value, at, told, depth + 1));
                }
            }

            goesOn = goesOn && (isKnown || node.AdditionalProperties is null || also(Check(node.AdditionalProperties, property.Value, at, told, depth + 1)));
        }

        return goesOn;
    }

    private bool IsMatch(SchemaPattern pattern, string text)
    {
        Spend(1 + text.Length);
        return pattern.IsMatch(text);
    }

    private bool AreEqual(JsonElement one, JsonElement other)
    {
        if (one.ValueKind != other.ValueKind)
        {
            return false;
        }

        Spend(1 + (Math.Min(JsonMarshal.GetRawUtf8Value(one).Length, JsonMarshal.GetRawUtf8Value(other).Length) / 64));
        return JsonElement.DeepEquals(one, other);
    }

    private bool AreUnique(JsonElement array)
    {
        // Only values that look alike can be equal.
        var alike = new Dictionary<(JsonValueKind, string), List<JsonElement>>();
        foreach (var item in array.EnumerateArray())
        {
            var look = item.ValueKind switch
            {
                JsonValueKind.String => item.GetString()!,
                JsonValueKind.Number => item.GetDouble().ToString("R", CultureInfo.InvariantCulture),
                JsonValueKind.Array => item.GetArrayLength().ToString(CultureInfo.InvariantCulture),
                JsonValueKind.Object => string.Join('\0', item.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal)),
                _ => "",
            };
            Spend(1 + (look.Length / 64));
            if (!alike.TryGetValue((item.ValueKind, look), out var others))
            {
                alike[(item.ValueKind, look)] = others = [];
            }

            if (others.Exists(other => AreEqual(other, item)))
            {
                return false;
            }

            others.Add(item);
        }

        return true;
    }

    private void Spend(int steps)
    {
        _steps += steps;
        if (_steps > SchemaLimits.MaxSteps || _time.GetElapsedTime(_start) > SchemaLimits.MaxTime)
        {
            throw new TooComplexException();
        }
    }

    private static JsonTypes TypesOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => JsonTypes.Null,
        JsonValueKind.True or JsonValueKind.False => JsonTypes.Boolean,
        JsonValueKind.String => JsonTypes.String,
        JsonValueKind.Array => JsonTypes.Array,
        JsonValueKind.Object => JsonTypes.Object,
        JsonValueKind.Number => IsWhole(value) ? JsonTypes.Integer | JsonTypes.Number : JsonTypes.Number,
        JsonValueKind.Undefined => JsonTypes.None,
    };

    private static string Name(JsonTypes types)
    {
        // "number" covers integers.
        var shown = types.HasFlag(JsonTypes.Number) ? types & ~JsonTypes.Integer : types;
        string[] names = [.. Enum.GetValues<JsonTypes>().Where(type => type != JsonTypes.None && shown.HasFlag(type)).Select(type => type switch
        {
            JsonTypes.Integer => "an integer",
            JsonTypes.Array => "an array",
            JsonTypes.Object => "an object",
            JsonTypes.Null => "null",
            JsonTypes.Boolean => "a boolean",
            JsonTypes.Number => "a number",
            JsonTypes.String => "a string",
            JsonTypes.None => "nothing",
        })];
        return string.Join(" or ", names);
    }

    private static bool IsWhole(JsonElement number) => Exact(number) is { } exact ? decimal.Truncate(exact) == exact : Math.Floor(number.GetDouble()) == number.GetDouble();

    private static int Compare(JsonElement one, JsonElement other) =>
        Exact(one) is { } exact && Exact(other) is { } exactOther ? exact.CompareTo(exactOther) : one.GetDouble().CompareTo(other.GetDouble());

    private static bool IsMultiple(JsonElement value, JsonElement step)
    {
        if (Exact(value) is { } exact && Exact(step) is { } exactStep)
        {
            return exact % exactStep == 0;
        }

        var quotient = value.GetDouble() / step.GetDouble();
        return double.IsFinite(quotient) && Math.Floor(quotient) == quotient;
    }

    /// <summary>The number to the last digit, where a decimal holds it; null where only a double can.</summary>
    private static decimal? Exact(JsonElement number)
    {
        var text = JsonMarshal.GetRawUtf8Value(number);
        return text.Length <= 28 && text.IndexOfAny((byte)'e', (byte)'E') < 0 ? number.GetDecimal() : null;
    }

    private sealed class TooComplexException : Exception;
}
