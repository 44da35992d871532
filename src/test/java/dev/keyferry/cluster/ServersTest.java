package dev.keyferry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where binaries are looked for, and what is said where they are missing. */
class ServersTest {

  @Test
  void given_a_missing_binary_when_asked_for_then_the_message_says_how_to_get_it(@TempDir Path empty) {
    var servers = Servers.locate(Map.of(Servers.VARIABLE, empty.toString()));
    assertThatIllegalStateException().isThrownBy(() -> servers.binary("etcd")).withMessageContaining("run .ci/servers/build");
  }

  @Test
  void given_no_variable_when_located_then_the_cache_of_the_build_is_used() {
    assertThat(Servers.locate(Map.of("XDG_CACHE_HOME", "/cache")).folder()).isEqualTo(Path.of("/cache/keyferry/servers"));
    assertThat(Servers.locate(Map.of("KEYFERRY_CACHE", "/own", "XDG_CACHE_HOME", "/cache")).folder()).isEqualTo(Path.of("/own/servers"));
  }
}
