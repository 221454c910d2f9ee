namespace Kiln.Tool;

internal static class Program
{
    private static int Main() => 2;
}
