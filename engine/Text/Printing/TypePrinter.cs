using System.Collections.Immutable;
using Kiln.Foundation.Diagnostics;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Types;

namespace Kiln.Text.Printing;

/// <summary>Prints type definitions.</summary>
internal sealed class TypePrinter(WatWriter to, WasmModule module)
{
    /// <summary>Prints every recursion group; one of a single type without <c>rec</c>.</summary>
    public void PrintAll()
    {
        foreach (RecGroup group in module.RecGroups)
        {
            bool isRec = group.Count != 1;
            if (isRec)
            {
                to.Line().Add("(rec");
                to.Indentation++;
            }

            for (int i = group.Start; i < group.Start + group.Count; i++) PrintDefinition(i);
            if (isRec)
            {
                to.Indentation--;
                to.Add(')');
            }
        }
    }

    /// <summary>Prints parameters and results.</summary>
    public static void PrintSignature(WatWriter to, FuncType type)
    {
        PrintList(to, " (param", type.Parameters);
        PrintList(to, " (result", type.Results);
    }

    private static void PrintList(WatWriter to, string keyword, ImmutableArray<ValType> types)
    {
        if (types.IsEmpty) return;
        to.Add(keyword);
        foreach (ValType type in types) to.AddOperand(type.ToString());
        to.Add(')');
    }

    private void PrintDefinition(int index)
    {
        SubType type = module.Types[index];
        to.Line().Add("(type (;").Add((ulong)index).Add(";) ");
        bool isSub = !type.IsFinal || type.Supertype is not null;
        if (isSub)
        {
            to.Add("(sub ");
            if (type.IsFinal) to.Add("final ");
            if (type.Supertype is { } supertype) to.Add(supertype).Add(' ');
        }

        PrintComposite(type.Composite);
        to.Add(isSub ? "))" : ")");
    }

    private void PrintComposite(CompositeType type)
    {
        switch (type)
        {
            case FuncType function:
                to.Add("(func");
                PrintSignature(to, function);
                to.Add(')');
                break;
            case StructType structure:
                to.Add("(struct");
                foreach (FieldType field in structure.Fields) to.Add(" (field ").Add(field.ToString()).Add(')');
                to.Add(')');
                break;
            case ArrayType array:
                to.Add("(array ").Add(array.Element.ToString()).Add(')');
                break;
            case ContType continuation:
                to.Add("(cont").AddOperand(continuation.FunctionTypeIndex).Add(')');
                break;
            default:
                EngineBug.Throw($"composite type {type.GetType().Name} has no text");
                break;
        }
    }
}
