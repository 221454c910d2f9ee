// grpc.reflection.v1 and v1alpha: the two protocols are the same but for their package, so v1alpha's messages are
// carried over by their bytes.

using System.Collections.Generic;
using System.Threading.Tasks;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;
using Alpha = Grpc.Reflection.V1Alpha;

namespace Kiln.Service.Rpc;

/// <summary>The protocol's descriptors by file and by symbol.</summary>
internal sealed class ReflectionIndex
{
    private readonly Dictionary<string, FileDescriptor> _files = [];
    private readonly Dictionary<string, FileDescriptor> _symbols = [];
    private readonly List<string> _services = [];

    /// <summary>Of all services that the daemon serves.</summary>
    public ReflectionIndex()
    {
        foreach (FileDescriptor file in new[]
        {
            V1.ModuleServiceReflection.Descriptor,
            V1.CompileServiceReflection.Descriptor,
            V1.ExecutionServiceReflection.Descriptor,
            V1.SandboxServiceReflection.Descriptor,
            V1.ErrorsReflection.Descriptor,
            Grpc.Health.V1.HealthReflection.Descriptor,
            ReflectionReflection.Descriptor,
            Alpha.ReflectionReflection.Descriptor,
        })
        {
            Add(file);
            foreach (ServiceDescriptor service in file.Services) _services.Add(service.FullName);
        }
    }

    /// <summary>Answers one request.</summary>
    public ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        var response = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                response.ListServicesResponse = new ListServiceResponse();
                foreach (string service in _services) response.ListServicesResponse.Service.Add(new ServiceResponse { Name = service });
                break;

            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                Answer(response, _files.GetValueOrDefault(request.FileByFilename), request.FileByFilename);
                break;

            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                Answer(response, _symbols.GetValueOrDefault(request.FileContainingSymbol), request.FileContainingSymbol);
                break;

            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType when _symbols.ContainsKey(request.AllExtensionNumbersOfType):
                // proto3 has no extensions.
                response.AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = request.AllExtensionNumbersOfType };
                break;

            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
                Answer(response, null, request.AllExtensionNumbersOfType);
                break;

            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension:
                Answer(response, null, $"extension {request.FileContainingExtension.ExtensionNumber} of {request.FileContainingExtension.ContainingType}");
                break;

            case ServerReflectionRequest.MessageRequestOneofCase.None:
                response.ErrorResponse = new ErrorResponse { ErrorCode = (int)StatusCode.InvalidArgument, ErrorMessage = "the request asks for nothing" };
                break;
        }

        return response;
    }

    private static void Answer(ServerReflectionResponse response, FileDescriptor? file, string what)
    {
        if (file is null)
        {
            response.ErrorResponse = new ErrorResponse { ErrorCode = (int)StatusCode.NotFound, ErrorMessage = $"not found: {what}" };
            return;
        }

        response.FileDescriptorResponse = new FileDescriptorResponse();
        AddWithDependencies(response.FileDescriptorResponse, file, []);
    }

    private static void AddWithDependencies(FileDescriptorResponse response, FileDescriptor file, HashSet<string> seen)
    {
        if (!seen.Add(file.Name)) return;
        response.FileDescriptorProto.Add(file.SerializedData);
        foreach (FileDescriptor dependency in file.Dependencies) AddWithDependencies(response, dependency, seen);
    }

    private void Add(FileDescriptor file)
    {
        if (!_files.TryAdd(file.Name, file)) return;
        foreach (FileDescriptor dependency in file.Dependencies) Add(dependency);
        foreach (ServiceDescriptor service in file.Services)
        {
            _symbols[service.FullName] = file;
            foreach (MethodDescriptor method in service.Methods) _symbols[method.FullName] = file;
        }

        foreach (MessageDescriptor message in file.MessageTypes) Add(message, file);
        foreach (EnumDescriptor enumeration in file.EnumTypes) Add(enumeration, file);
    }

    private void Add(MessageDescriptor message, FileDescriptor file)
    {
        _symbols[message.FullName] = file;
        foreach (FieldDescriptor field in message.Fields.InDeclarationOrder()) _symbols[field.FullName] = file;
        foreach (MessageDescriptor nested in message.NestedTypes) Add(nested, file);
        foreach (EnumDescriptor enumeration in message.EnumTypes) Add(enumeration, file);
    }

    private void Add(EnumDescriptor enumeration, FileDescriptor file)
    {
        _symbols[enumeration.FullName] = file;
        foreach (EnumValueDescriptor value in enumeration.Values) _symbols[value.FullName] = file;
    }
}

/// <summary>grpc.reflection.v1.ServerReflection.</summary>
internal sealed class ReflectionRpc(ReflectionIndex index) : ServerReflection.ServerReflectionBase
{
    /// <inheritdoc/>
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<ServerReflectionRequest> requestStream, IServerStreamWriter<ServerReflectionResponse> responseStream, ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken)) await responseStream.WriteAsync(index.Answer(requestStream.Current));
    }
}

/// <summary>grpc.reflection.v1alpha.ServerReflection.</summary>
internal sealed class AlphaReflectionRpc(ReflectionIndex index) : Alpha.ServerReflection.ServerReflectionBase
{
    /// <inheritdoc/>
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<Alpha.ServerReflectionRequest> requestStream, IServerStreamWriter<Alpha.ServerReflectionResponse> responseStream,
        ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            ServerReflectionRequest request = ServerReflectionRequest.Parser.ParseFrom(requestStream.Current.ToByteString());
            await responseStream.WriteAsync(Alpha.ServerReflectionResponse.Parser.ParseFrom(index.Answer(request).ToByteString()));
        }
    }
}
