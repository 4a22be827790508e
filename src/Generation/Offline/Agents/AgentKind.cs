namespace Jobs.Generation.Offline.Agents;

/// <summary>What the offline generator can build as an agent.</summary>
public enum AgentKind
{
    /// <summary>Changes a text, counts what is in it, or both.</summary>
    Text,

    /// <summary>Picks the sentences of a text that say most.</summary>
    Summary,

    /// <summary>Scores a text by words.</summary>
    Score,

    /// <summary>Checks values against rules.</summary>
    Validation,

    /// <summary>Writes an e-mail, and sends it when a service was chosen.</summary>
    Email,

    /// <summary>Converts between CSV and JSON.</summary>
    Csv,

    /// <summary>Calculates with dates.</summary>
    Date,

    /// <summary>Measures a list of numbers.</summary>
    Statistics,

    /// <summary>Fills a template.</summary>
    Message,

    /// <summary>Draws at random.</summary>
    Random,

    /// <summary>Converts between two units.</summary>
    Units,

    /// <summary>Calls an HTTP address.</summary>
    Http,

    /// <summary>Translates a text by a public service.</summary>
    Translation,
}
