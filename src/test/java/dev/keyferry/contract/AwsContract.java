package dev.keyferry.contract;

import dev.keyferry.emulator.Keys;
import dev.keyferry.emulator.SdkClients;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.sts.StsClient;

/** The whole contract; a subclass says what it runs against. */
abstract class AwsContract implements SecretReadContract, SecretListContract, IdentityContract, ParameterContract {

  private static final Keys NOBODY = new Keys("AKIANOBODY0000000001", "nobody", null, null);

  private SdkClients clients;
  private SecretsManagerClient secrets;
  private SecretsManagerClient secretsOfNobody;
  private SsmClient parameters;
  private StsClient sts;

  /** Address of an empty account. */
  abstract URI emptyAccount();

  /** Keys that may do everything there. */
  abstract Keys keys();

  @BeforeEach
  void connect() {
    clients = new SdkClients(emptyAccount(), "us-east-1");
    secrets = clients.secrets(keys());
    secretsOfNobody = clients.secrets(NOBODY);
    parameters = clients.parameters(keys());
    sts = clients.sts(keys());
  }

  @AfterEach
  void disconnect() {
    clients.close();
  }

  @Override
  public SecretsManagerClient secrets() {
    return secrets;
  }

  @Override
  public SecretsManagerClient secretsOfNobody() {
    return secretsOfNobody;
  }

  @Override
  public SsmClient parameters() {
    return parameters;
  }

  @Override
  public StsClient sts() {
    return sts;
  }
}
