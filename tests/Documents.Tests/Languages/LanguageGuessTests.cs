using Jobs.Documents.Languages;

namespace Jobs.Documents.Tests.Languages;

public sealed class LanguageGuessTests
{
    [Theory]
    [InlineData("en", "The council decided that the bridge would be closed until the work is done, and nobody was surprised by it.")]
    [InlineData("de", "Der Rat hat beschlossen, dass die Brücke bis zum Ende der Arbeiten geschlossen wird, und niemand war davon überrascht.")]
    [InlineData("fr", "Le conseil a décidé que le pont serait fermé jusqu’à la fin des travaux, et personne n’en a été surpris.")]
    [InlineData("es", "El consejo decidió que el puente se cerrara hasta que terminen las obras, y nadie se sorprendió por ello.")]
    [InlineData("it", "Il consiglio ha deciso che il ponte sarà chiuso fino alla fine dei lavori, e nessuno ne è stato sorpreso.")]
    [InlineData("pt", "O conselho decidiu que a ponte será fechada até o fim das obras, e ninguém ficou surpreso com isso.")]
    [InlineData("nl", "De raad heeft besloten dat de brug gesloten wordt tot het einde van het werk, en niemand was daar verbaasd over.")]
    [InlineData("sv", "Rådet har beslutat att bron ska vara stängd tills arbetet är klart, och ingen var förvånad över det.")]
    [InlineData("da", "Rådet har besluttet, at broen skal være lukket, indtil arbejdet er færdigt, og ingen blev overrasket af det efter mødet.")]
    [InlineData("pl", "Rada zdecydowała, że most będzie zamknięty do końca prac, i nikt nie był tym zaskoczony, bo to jest już który raz.")]
    [InlineData("cs", "Rada rozhodla, že most bude uzavřen až do konce prací, a nikdo tím nebyl překvapen, protože se to stalo již po druhé.")]
    [InlineData("fi", "Neuvosto päätti, että silta on suljettu kunnes työ on valmis, eikä kukaan ollut siitä yllättynyt, koska se oli niin vanha.")]
    [InlineData("tr", "Meclis, köprünün çalışma bitene kadar kapalı olacağına karar verdi ve bu karar hiç kimse için sürpriz değil, çünkü köprü çok eski.")]
    [InlineData("ru", "Совет решил, что мост будет закрыт до конца работ, и никто не был этим удивлён, так как он уже старый.")]
    [InlineData("uk", "Рада вирішила, що міст буде закритий до кінця робіт, і ніхто не був цим здивований, бо він вже старий.")]
    [InlineData("el", "Το συμβούλιο αποφάσισε ότι η γέφυρα θα κλείσει.")]
    [InlineData("ja", "橋は工事が終わるまで閉鎖されることになりました。誰も驚きませんでした。")]
    [InlineData("zh", "市议会决定在工程完成之前关闭这座桥，没有人对此感到惊讶，因为它很旧。")]
    [InlineData("ko", "의회는 공사가 끝날 때까지 다리를 폐쇄하기로 결정했다.")]
    [InlineData("ar", "قرر المجلس إغلاق الجسر حتى انتهاء الأعمال ولم يتفاجأ أحد")]
    public void Language_is_told(string language, string text) => Assert.Equal(language, LanguageGuess.Of(text, default));

    [Theory]
    [InlineData("")]
    [InlineData("Hello")]
    [InlineData("the of and to in is that")]
    [InlineData("12345 67890 12345 67890 12345 67890 12345 67890 12345 67890")]
    [InlineData("Lorem ipsum dolor amet consectetur adipiscing elit sed eiusmod tempor incididunt labore magna aliqua")]
    [InlineData("XR-5 KT-9 QW-3 ZX-8 PL-2 MN-7 VB-4 TY-6 UJ-1 RF-0 GH-5 DS-3")]
    public void Language_of_too_little_or_of_none_is_not_guessed(string text) => Assert.Null(LanguageGuess.Of(text, default));

    [Fact]
    public void Words_are_counted_from_the_fewest_that_tell()
    {
        const string Words = "the of and to in is that it";

        Assert.Equal(LanguageGuess.MinWords, Words.Split(' ').Length);
        Assert.Equal("en", LanguageGuess.Of(Words, default));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("one", 1)]
    [InlineData("one, two - three.", 3)]
    [InlineData("it's well-known", 2)]
    [InlineData("3.5 km", 3)]
    [InlineData("日本語", 3)]
    [InlineData("Ελλάδα और 한국어", 3)]
    [InlineData("a\nb\tc", 3)]
    public void Words_are_counted(string text, int words) => Assert.Equal(words, WordCounter.Count(text, default));
}
