(()=>{var e="Grüße 👋",r="https://abc.example";function o(t){return{name:t,key:"MARKER-1"}}var n=t=>[t,"MARKER-3"];console.log("👋👋",o(e),n(r),"MARKER-2");})();
//# sourceMappingURL=main.js.map
