package dev.keyferry.source.aws;

import dev.keyferry.source.BatchRead;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.Payload;
import dev.keyferry.source.Revision;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.VersionSelector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.ssm.model.GetParametersResponse;
import software.amazon.awssdk.services.ssm.model.Parameter;

/** Reads of Parameter Store. One operation serves single reads and batches, so one permission is enough. */
final class ParameterReads {

  static final String OPERATION = "GetParameters";

  private final AwsClients clients;
  private final SignedCalls calls;

  ParameterReads(AwsClients clients, SignedCalls calls) {
    this.clients = clients;
    this.calls = calls;
  }

  Fetched read(Scope scope, SourceRef ref) {
    return switch (readBatch(scope, List.of(ref))) {
      case BatchRead.Entries(Map<SourceRef, Fetched> entries) -> entries.getOrDefault(ref, missing(scope, ref));
      case BatchRead.Failed(SourceFailure failure) -> new Fetched.Failed(ref, failure);
      case BatchRead.Refused(SourceFailure.AccessDenied denial) -> new Fetched.Failed(ref, denial);
    };
  }

  BatchRead readBatch(Scope scope, List<SourceRef> refs) {
    String subject = refs.size() == 1 ? refs.getFirst().key() : null;
    var answer =
        calls.make(
            scope,
            AwsService.PARAMETER_STORE,
            OPERATION,
            subject,
            with ->
                clients
                    .parameterStore(scope, AwsClients.Throttles.TOLD)
                    .getParameters(
                        r ->
                            r.names(refs.stream().map(ParameterReads::asked).distinct().toList())
                                .withDecryption(true)
                                .overrideConfiguration(o -> o.credentialsProvider(with))));
    return switch (answer) {
      case SignedCalls.Given<GetParametersResponse>(var got) -> sort(scope, refs, got.parameters());
      case SignedCalls.Refused<GetParametersResponse>(SourceFailure failure) -> failed(scope, refs, failure);
    };
  }

  private static BatchRead sort(Scope scope, List<SourceRef> refs, List<Parameter> parameters) {
    Map<SourceRef, Fetched> entries = new HashMap<>();
    for (SourceRef ref : refs) {
      List<Parameter> answers = parameters.stream().filter(parameter -> answers(ref, parameter)).distinct().toList();
      entries.put(
          ref,
          switch (answers.size()) {
            case 0 -> missing(scope, ref);
            case 1 -> isWhole(ref, answers.getFirst()) ? found(ref, answers.getFirst()) : senseless(ref);
            default -> senseless(ref);
          });
    }
    return new BatchRead.Entries(entries);
  }

  /** An endpoint that a store names may answer anything. */
  private static boolean isWhole(SourceRef ref, Parameter parameter) {
    boolean whole = parameter.arn() != null && parameter.version() != null && parameter.value() != null;
    return whole && (!(ref.version() instanceof VersionSelector.Id(String version)) || version.equals(parameter.version().toString()));
  }

  private static Fetched senseless(SourceRef ref) {
    return new Fetched.Failed(
        ref, new SourceFailure.ServerFault("ssm:GetParameters gave an answer for " + ref.key() + " that is not whole, or more than one."));
  }

  private BatchRead failed(Scope scope, List<SourceRef> refs, SourceFailure failure) {
    if (!failure.kind().mayBeOfOneSource()) {
      return new BatchRead.Failed(failure);
    }
    if (refs.size() == 1) {
      return new BatchRead.Entries(Map.of(refs.getFirst(), new Fetched.Failed(refs.getFirst(), failure)));
    }
    return Halves.read(refs, half -> readBatch(scope, half));
  }

  /** The name with its selector, as the API takes it. */
  private static String asked(SourceRef ref) {
    return ref.key() + selector(ref);
  }

  private static String selector(SourceRef ref) {
    return switch (ref.version()) {
      case VersionSelector.Current current -> "";
      case VersionSelector.Stage(String label) -> ":" + label;
      case VersionSelector.Id(String version) -> ":" + version;
    };
  }

  private static boolean answers(SourceRef ref, Parameter parameter) {
    String given = parameter.selector() == null ? "" : parameter.selector();
    boolean named = ref.key().equals(parameter.name()) || ref.key().equals(parameter.arn()) || asked(ref).equals(parameter.name());
    return named && (given.isEmpty() || given.equals(selector(ref)));
  }

  private static Fetched found(SourceRef ref, Parameter parameter) {
    List<String> stages = ref.version() instanceof VersionSelector.Stage(String label) ? List.of(label) : List.of();
    return new Fetched.Found(
        ref,
        new Revision(parameter.arn(), Long.toString(parameter.version())),
        Payload.ofText(parameter.value()),
        stages,
        parameter.lastModifiedDate());
  }

  private static Fetched missing(Scope scope, SourceRef ref) {
    String version =
        switch (ref.version()) {
          case VersionSelector.Current current -> "";
          case VersionSelector.Stage(String label) -> " with label " + label;
          case VersionSelector.Id(String id) -> " in version " + id;
        };
    return new Fetched.Failed(
        ref,
        new SourceFailure.NotFound(
            "There is no parameter " + ref.key() + version + " in " + scope.region()
                + ". Check its name, the region and the account of the store."));
  }
}
