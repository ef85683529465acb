package example;

import com.xensource.xenapi.Connection;
import com.xensource.xenapi.Session;
import com.xensource.xenapi.Types;
import com.xensource.xenapi.VM;
import java.net.URL;
import org.apache.xmlrpc.XmlRpcException;

/** Starts VMs. It survives lost connections, sessions that end, and a host without memory for a moment. */
public final class Starter {
    public enum Outcome {
        STARTED,
        RUNS_ALREADY
    }

    private static final int TRIES = 4;
    private static final long PAUSE_MS = 50;

    private final URL url;
    private final String password;
    private Connection connection;

    public Starter(URL url, String password) throws Exception {
        this.url = url;
        this.password = password;
        login();
    }

    private void login() throws Exception {
        connection = new Connection(url);
        Session.loginWithPassword(connection, "root", password, "1.0", "starter");
    }

    public Connection connection() {
        return connection;
    }

    public Outcome start(VM vm) throws Exception {
        for (int left = TRIES - 1; ; left--) {
            try {
                vm.start(connection, false, false);
                return Outcome.STARTED;
            } catch (Types.VmBadPowerState e) {
                if (vm.getPowerState(connection) == Types.VmPowerState.RUNNING) {
                    return Outcome.RUNS_ALREADY;
                }
                throw e;
            } catch (Types.SessionInvalid e) {
                orGiveUp(e, left);
                login();
            } catch (Types.HostNotEnoughFreeMemory e) {
                orGiveUp(e, left);
                Thread.sleep(PAUSE_MS);
            } catch (Types.XenAPIException e) {
                throw e;
            } catch (XmlRpcException e) {
                // The answer is lost, and perhaps the request too.
                orGiveUp(e, left);
            }
        }
    }

    private static void orGiveUp(Exception e, int left) throws Exception {
        if (left == 0) {
            throw e;
        }
    }
}
