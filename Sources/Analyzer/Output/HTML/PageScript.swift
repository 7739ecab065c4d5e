// The page's one script: read-outs, group picking, scale and lens switches, copying. Without it everything can be read.

enum PageScript {
    static let source = """
        (function(){'use strict';
        var all=function(s,r){return Array.prototype.slice.call((r||document).querySelectorAll(s))};
        all('[data-needs-script]').forEach(function(e){e.hidden=false});
        var tip=document.createElement('div');tip.id='tip';tip.hidden=true;tip.setAttribute('aria-hidden','true');document.body.appendChild(tip);
        function show(text,x,y){tip.textContent=text;tip.hidden=false;
          var w=tip.offsetWidth,h=tip.offsetHeight;
          tip.style.left=Math.max(4,Math.min(x+14,innerWidth-w-4))+'px';tip.style.top=Math.max(4,y-h-12)+'px'}
        document.addEventListener('pointermove',function(e){var t=e.target.closest&&e.target.closest('[data-tip]');
          if(t){show(t.getAttribute('data-tip'),e.clientX,e.clientY)}else{tip.hidden=true}});
        document.addEventListener('keydown',function(e){if(e.key==='Escape'){tip.hidden=true}
          var chart=document.activeElement;if(!chart||chart.tagName!=='svg'||(e.key!=='ArrowRight'&&e.key!=='ArrowLeft')){return}
          var marks=all('[data-tip]',chart).filter(function(m){return !m.closest('[hidden]')});if(!marks.length){return}
          e.preventDefault();var at=Number(chart.dataset.at||-1)+(e.key==='ArrowRight'?1:-1);
          at=(at+marks.length)%marks.length;chart.dataset.at=at;var box=marks[at].getBoundingClientRect();
          show(marks[at].getAttribute('data-tip'),box.left,box.top);live.textContent=marks[at].getAttribute('data-tip')});
        var live=document.createElement('div');live.setAttribute('role','status');live.style.position='absolute';live.style.left='-9999px';
        document.body.appendChild(live);
        all('input[data-toggle-group]').forEach(function(box){box.addEventListener('change',function(){
          all('[data-group="'+box.dataset.toggleGroup+'"]').forEach(function(e){
            if(e.namespaceURI==='http://www.w3.org/2000/svg'){if(box.checked){e.removeAttribute('hidden')}else{e.setAttribute('hidden','')}}
            else{e.hidden=!box.checked}})})});
        function choose(name,value){all('[data-choice="'+name+'"]').forEach(function(e){e.hidden=e.dataset.value!==value})}
        all('select[data-chooses]').forEach(function(s){s.addEventListener('change',function(){choose(s.dataset.chooses,s.value)});choose(s.dataset.chooses,s.value)});
        all('button[data-copies]').forEach(function(b){b.addEventListener('click',function(){
          var pre=document.getElementById(b.dataset.copies),text=pre.textContent;
          function done(){live.textContent='copied';b.textContent='Copied'}
          function select(){var r=document.createRange();r.selectNodeContents(pre);var s=getSelection();s.removeAllRanges();s.addRange(r);document.execCommand('copy');done()}
          if(navigator.clipboard&&isSecureContext){navigator.clipboard.writeText(text).then(done,select)}else{pre.closest('details').open=true;select()}})});
        })();
        """
}
