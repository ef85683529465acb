package org.jxapi.host;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.local.ThisPool;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Cluster;
import org.jxapi.xenapi.ClusterHost;
import org.jxapi.xenapi.ClusterMessages;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.Pool;

/**
 * The messages of class Cluster, with XAPI's checks in XAPI's order. Hosts have no corosync: objects come with a database
 * from elsewhere only, and go without a word to other hosts.
 */
public final class ClusterService implements ClusterMessages<Call> {
    private static final String STACK = "corosync";
    private static final double LEAST_TIMEOUT = 1.0;
    private static final double LEAST_COEFFICIENT = 0.65;

    private final Store store;

    public ClusterService(Store store) {
        this.store = store;
    }

    /** LICENCE_RESTRICTION, as from a XAPI without the feature. */
    @Override
    public Ref<Cluster> create(
            Call call,
            Ref<PIF> pif,
            String clusterStack,
            boolean poolAutoJoin,
            double tokenTimeout,
            double tokenTimeoutCoefficient) {
        throw refused(clusterStack);
    }

    private static RuntimeException refused(String stack) {
        if (!stack.equals(STACK)) {
            return Errors.invalidClusterStack(stack);
        }
        return Errors.licenceRestriction("Corosync");
    }

    @Override
    public Ref<Cluster> poolCreate(
            Call call, Ref<Network> network, String clusterStack, double tokenTimeout, double tokenTimeoutCoefficient) {
        if (tokenTimeout < LEAST_TIMEOUT) {
            throw Errors.invalidValue("token_timeout", number(tokenTimeout));
        }
        if (tokenTimeoutCoefficient < LEAST_COEFFICIENT) {
            throw Errors.invalidValue("token_timeout_coefficient", number(tokenTimeoutCoefficient));
        }
        Snapshot snapshot = store.snapshot();
        Ref<Host> coordinator = ThisPool.row(snapshot).get(Pool.MASTER);
        boolean connected = snapshot.find(network)
                .filter(stored -> stored.row().get(Network.PIFS).stream()
                        .anyMatch(pif -> snapshot.get(pif, PIF.HOST).equals(coordinator)))
                .isPresent();
        if (!connected) {
            throw Errors.internalError(
                    "No PIF found for host:" + coordinator.value() + " and network:" + network.value());
        }
        throw refused(clusterStack);
    }

    /** A number as OCaml writes it: {@code 0.5}, but {@code 0.} for a whole one. */
    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? (long) value + "." : Double.toString(value);
    }

    @Override
    public Ref<Network> getNetwork(Call call, Ref<Cluster> self) {
        Snapshot snapshot = store.snapshot();
        List<Ref<Network>> networks = snapshot.get(self, Cluster.CLUSTER_HOSTS).stream()
                .map(member -> snapshot.get(snapshot.get(member, ClusterHost.PIF), PIF.NETWORK))
                .distinct()
                .toList();
        if (networks.size() == 1) {
            return networks.get(0);
        }
        throw Errors.internalError("Failure(\"No " + (networks.isEmpty() ? "cluster_hosts" : "common network")
                + " found for cluster " + self.value() + "\")");
    }

    @Override
    public void destroy(Call call, Ref<Cluster> self) {
        store.change(tx -> {
            Row<Cluster> row = tx.row(self);
            int members = row.get(Cluster.CLUSTER_HOSTS).size();
            if (members > 1) {
                throw Errors.clusterDoesNotHaveOneNode(Integer.toString(members));
            }
            List.copyOf(row.get(Cluster.CLUSTER_HOSTS)).forEach(tx::destroy);
            tx.destroy(self);
        });
    }

    @Override
    public void poolForceDestroy(Call call, Ref<Cluster> self) {
        remove(self);
    }

    @Override
    public void poolDestroy(Call call, Ref<Cluster> self) {
        remove(self);
    }

    private void remove(Ref<Cluster> self) {
        store.change(tx -> {
            List.copyOf(tx.get(self, Cluster.CLUSTER_HOSTS)).forEach(tx::destroy);
            tx.destroy(self);
        });
    }

    /** Nothing: XAPI ignores all that fails here, even a cluster that is not there. */
    @Override
    public void poolResync(Call call, Ref<Cluster> self) {}
}
