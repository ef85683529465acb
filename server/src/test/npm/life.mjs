// Takes a VM through start and stop with Xen Orchestra's client, seeing every change through its event watching.
import { Xapi } from 'xen-api'

const [url, password, transport] = process.argv.slice(2)
let step = 'connecting'
setTimeout(() => {
  console.error('took too long while ' + step)
  process.exit(2)
}, 40e3).unref()

function check(condition, what) {
  if (!condition) {
    throw new Error('expected: ' + what)
  }
}

/** Resolves when the watched copy of the object satisfies the predicate. */
function whenObject(xapi, ref, predicate) {
  return new Promise(resolve => {
    const look = () => {
      const object = xapi.getObjectByRef(ref, undefined)
      if (object !== undefined && predicate(object)) {
        xapi.objects.off('add', look)
        xapi.objects.off('update', look)
        resolve(object)
      }
    }
    xapi.objects.on('add', look)
    xapi.objects.on('update', look)
    look()
  })
}

const xapi = new Xapi({ url, auth: { user: 'root', password }, transport })
await xapi.connect()
await xapi.objectsFetched
check(xapi.pool.$type === 'pool', 'the pool object')
const types = new Set(Object.values(xapi.objects.all).map(object => object.$type))
for (const type of ['host', 'VM', 'SR', 'network', 'PIF', 'PBD', 'VM_metrics', 'host_metrics']) {
  check(types.has(type), 'objects of class ' + type)
}

step = 'cloning'
const template = Object.values(xapi.objects.all).find(object => object.name_label === 'Other install media')
const ref = await xapi.callAsync('VM.clone', template.$ref, 'watched by npm')
await xapi.callAsync('VM.provision', ref)
const seen = []
xapi.objects.on('update', updates => {
  const vm = Object.values(updates).find(object => object?.$ref === ref)
  if (vm !== undefined && vm.power_state !== seen.at(-1)) {
    seen.push(vm.power_state)
  }
})
step = 'starting'
const started = whenObject(xapi, ref, vm => vm.power_state === 'Running')
await xapi.callAsync('VM.start', ref, false, false)
await started

step = 'waiting at the barrier'
await xapi.call('VM.set_name_description', ref, 'behind the barrier')
const behind = await xapi.barrier(ref)
check(behind.name_description === 'behind the barrier', 'the barrier to bring the newest record')
check(behind.$VBDs !== undefined, 'links to other objects')

let refused
try {
  await xapi.call('VM.start', ref, false, false)
} catch (error) {
  refused = error
}
check(refused?.code === 'VM_BAD_POWER_STATE', 'VM_BAD_POWER_STATE, not ' + refused)
check(refused.params[0] === ref, 'the reference in the error')

step = 'stopping'
const halted = whenObject(xapi, ref, vm => vm.power_state === 'Halted')
await xapi.callAsync('VM.hard_shutdown', ref)
await halted
check(seen.includes('Running') && seen.at(-1) === 'Halted', 'Running, then Halted, not ' + seen)
step = 'waiting until the VM is gone'
const gone = new Promise(resolve => {
  xapi.objects.on('remove', removed => behind.$id in removed && resolve())
})
await xapi.call('VM.destroy', ref)
await gone
await xapi.disconnect()
console.log('life: well')
process.exit(0)
