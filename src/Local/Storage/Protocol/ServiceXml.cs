namespace Jobs.Local.Storage.Protocol;

/// <summary>Answers that both services give in XML and that are always the same here.</summary>
internal static class ServiceXml
{
    /// <summary>The media type.</summary>
    public const string ContentType = "application/xml";

    /// <summary>The properties of a service in which nothing was set.</summary>
    public const string DefaultProperties =
        """
        <?xml version="1.0" encoding="utf-8"?><StorageServiceProperties><Logging><Version>1.0</Version><Delete>false</Delete><Read>false</Read><Write>false</Write><RetentionPolicy><Enabled>false</Enabled></RetentionPolicy></Logging><HourMetrics><Version>1.0</Version><Enabled>false</Enabled><RetentionPolicy><Enabled>false</Enabled></RetentionPolicy></HourMetrics><MinuteMetrics><Version>1.0</Version><Enabled>false</Enabled><RetentionPolicy><Enabled>false</Enabled></RetentionPolicy></MinuteMetrics><Cors /></StorageServiceProperties>
        """;

    /// <summary>No stored access policy.</summary>
    public const string NoAccessPolicies = """<?xml version="1.0" encoding="utf-8"?><SignedIdentifiers />""";
}
