package dev.keyferry.source.aws;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A queue that EventBridge sends events to.
 *
 * @param url its URL, with scheme, host and path
 * @param region its region
 */
public record EventQueue(String url, String region) {

  private static final Pattern OWN_HOST = Pattern.compile("^(?:sqs\\.[a-z0-9-]+|[a-z0-9-]+\\.queue)\\.[a-z0-9.]+$");
  private static final Pattern PATH = Pattern.compile("^/([0-9]{12})/([A-Za-z0-9_-]{1,80})$");

  /** Where it is called, if that is not where AWS's own queues of the region are: a VPC endpoint or an emulator. */
  @Nullable String endpoint() {
    URI uri = URI.create(url);
    boolean own = "https".equals(uri.getScheme()) && uri.getPort() < 0 && OWN_HOST.matcher(uri.getHost()).matches();
    return own ? null : uri.getScheme() + "://" + uri.getRawAuthority();
  }

  /** Its ARN, or its URL where that does not tell. */
  String arn() {
    Matcher path = PATH.matcher(URI.create(url).getPath());
    return path.matches()
        ? "arn:" + Arns.partitionOfRegion(region) + ":sqs:" + region + ":" + path.group(1) + ":" + path.group(2)
        : url;
  }
}
